"""What operations refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class NoPlaceToEquip(FiliereError):
    """The loop has nowhere to receive people."""

    code = "operations.no_place_to_equip"
    message = _("No open place with coordinates helps with procedures in %(territory)s.")
    remedy = _("Give a file that has such places there, or name another territory.")


class SchemaNotReady(FiliereError):
    """The tables are missing, or older than the code."""

    code = "operations.schema_not_ready"
    message = _("The database “%(name)s” does not have the tables this version needs.")
    remedy = _("Run “filiere migrate”, then the same command again. Nothing was changed.")


class ExportFolderTaken(FiliereError):
    """The folder named holds something that is not an export begun here."""

    code = "operations.export_folder_taken"
    message = _("The folder “%(folder)s” already holds other files, or an export that is complete.")
    remedy = _("Name a folder that is empty or does not exist yet. Nothing was written.")


class ExportFolderOpen(FiliereError):
    """Other users of this computer may read the folder."""

    code = "operations.export_folder_open"
    message = _("Other users of this computer may enter the folder “%(folder)s”.")
    remedy = _("Close it (chmod 700), or name a folder that does not exist yet.")


class ExportBusy(FiliereError):
    """Another export writes to the same folder."""

    code = "operations.export_busy"
    message = _("Another command is already writing to “%(folder)s”.")
    remedy = _("Wait until it has ended, or name another folder.")


class ExportNotWritten(FiliereError):
    """The disk refused."""

    code = "operations.export_not_written"
    message = _("The export could not be written to “%(folder)s”: %(reason)s.")
    remedy = _("Make room or choose another disk, then run the same command: it goes on.")


class ExportTooOften(FiliereError):
    """Everything was copied too many times in a day."""

    code = "operations.export_too_often"
    message = _("The whole export was already begun %(times)s times in 24 hours.")
    remedy = _("Try again after %(after)s, and read in the audit trail who ran the others.")


class TableWithoutPlace(FiliereError):
    """A table is neither a model's nor excluded with a reason: nothing may be lost silently."""

    code = "operations.table_without_place"
    message = _("The table “%(table)s” has no place in the export: nothing was written.")
    remedy = _("Say in succession/tables.py whether it goes, and why not.")


class PassphraseTooShort(FiliereError):
    """The passphrase protects keys that are worth every voucher."""

    code = "operations.passphrase_too_short"
    message = _("The passphrase has fewer than %(minimum)s characters.")
    remedy = _("Choose several words that nobody can guess, and keep them apart from the export.")


class ExportIncomplete(FiliereError):
    """A file that must be there is not."""

    code = "operations.export_incomplete"
    message = _("The export is not whole: “%(file)s” is missing.")
    remedy = _("Run the export to its end, or copy the whole folder again. Nothing was loaded.")


class ExportAltered(FiliereError):
    """A file is not the one that was written."""

    code = "operations.export_altered"
    message = _("The file “%(file)s” is not the one that was exported: its digest differs.")
    remedy = _("Copy it again from the first disk, or ask for another export. Nothing was loaded.")


class KeysNotOpened(FiliereError):
    """Wrong passphrase, or a file of keys that was altered."""

    code = "operations.keys_not_opened"
    message = _("The keys cannot be opened with this passphrase.")
    remedy = _("Ask whoever made the export for the passphrase. Nothing was loaded.")


class ExportOfAnotherVersion(FiliereError):
    """The tables exported are not those of this version of the code."""

    code = "operations.export_of_another_version"
    message = _("The export was made by another version: %(difference)s.")
    remedy = _(
        "Install the version that made it, import there, then bring that installation up to date."
    )


class InstallNotEmpty(FiliereError):
    """An import never mixes with what is already there."""

    code = "operations.install_not_empty"
    message = _("This installation is not empty: the table “%(table)s” holds rows.")
    remedy = _("Import into a new installation, where only “filiere migrate” was run.")


class InstallInUse(FiliereError):
    """A web server or a worker with the former keys is connected."""

    code = "operations.install_in_use"
    message = _("Another program uses this database: it holds other keys than those to come.")
    remedy = _("Stop the web server and the worker, then run the same command again.")


class KeyFromEnvironment(FiliereError):
    """The environment names a key, and it is not the one of the export."""

    code = "operations.key_from_environment"
    message = _("The environment gives another value for: %(names)s.")
    remedy = _(
        "Remove these variables: the import writes the keys in the state folder. Or run it with"
        " --keys-to FILE, set the variables to what that file says, then import."
    )


class ExportNotLoadable(FiliereError):
    """The database refused rows of the export."""

    code = "operations.export_not_loadable"
    message = _("The database refused what the export says of “%(table)s”: %(reason)s.")
    remedy = _("Nothing was loaded. Ask for another export, with this message.")


class BooksDiffer(FiliereError):
    """What was loaded does not give the same books."""

    code = "operations.books_differ"
    message = _("The books are not those of the former operator: %(difference)s.")
    remedy = _("Nothing was loaded. Ask for another export, with this message.")


class ImportNotTrue(FiliereError):
    """An invariant is false once everything is loaded."""

    code = "operations.import_not_true"
    message = _("What the export says cannot be true: %(names)s.")
    remedy = _("Nothing was loaded. The former operator must correct it, then export again.")
