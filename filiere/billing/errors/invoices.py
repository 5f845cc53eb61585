"""What invoices and credit notes refuse."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class IssuerMissing(FiliereError):
    """The organisation has not said what its invoices must bear."""

    code = "billing.issuer_missing"
    message = _("“%(organisation)s” has not yet filled in what its invoices must bear.")
    remedy = _("Fill in its billing identity first: legal form, SIREN, address, tax.")
    http_status = 409


class IssuerNotPossible(FiliereError):
    """A number or a term of the billing identity cannot be."""

    code = "billing.issuer_not_possible"
    message = _("This billing identity is not possible: “%(value)s” is not valid.")
    remedy = _("Copy the number from an official document, or correct the term.")


class CustomerMissing(FiliereError):
    """An invoice to an organisation bears its address."""

    code = "billing.customer_missing"
    message = _("The invoice address of “%(organisation)s” is not known.")
    remedy = _("Write its name and its address as its invoices must bear them.")
    http_status = 409


class NothingToInvoice(FiliereError):
    """No line, or nothing that is not invoiced already."""

    code = "billing.nothing_to_invoice"
    message = _("There is nothing to invoice: everything asked for is already on an invoice.")
    remedy = _("Look at the invoices already issued, or write a line with its amount.")


class LineNotPossible(FiliereError):
    """A line has a quantity and a price above 0."""

    code = "billing.line_not_possible"
    message = _("The line “%(wording)s” is not possible: its quantity and price must be above 0.")
    remedy = _("Correct the quantity and the price; to give money back, write a credit note.")


class InvoiceDateNotPossible(FiliereError):
    """Numbers follow days."""

    code = "billing.invoice_date_not_possible"
    message = _(
        "An invoice cannot be dated %(day)s: the last one is dated %(last)s, and numbers follow"
        " days."
    )
    remedy = _("Date it between that day and today.")


class InvoiceKeyReused(FiliereError):
    """The same key was used to ask for another invoice."""

    code = "billing.invoice_key_reused"
    message = _("This demand was already used for the invoice %(number)s, which is different.")
    remedy = _("Open an empty page to ask for another invoice.")
    http_status = 409


class CreditNoteNotPossible(FiliereError):
    """A credit note gives back at most what its invoice still asks, and an invoice only."""

    code = "billing.credit_note_not_possible"
    message = _("This credit note would give back more than what is left of %(number)s.")
    remedy = _("Read what earlier credit notes gave back, and write at most the rest.")
    http_status = 409


class CreditReasonMissing(FiliereError):
    """Money given back is explained to whoever receives the credit note."""

    code = "billing.credit_reason_missing"
    message = _("A credit note needs a reason.")
    remedy = _("Write in a few words why; it is printed on the credit note.")


class RunAlreadyOpen(FiliereError):
    """An interrupted run is finished before another begins."""

    code = "billing.run_already_open"
    message = _("A run of invoices asked on %(day)s is not finished.")
    remedy = _("Finish it first: run the same command again, and it goes on where it stopped.")
    http_status = 409


class FolderOpenToOthers(FiliereError):
    """Invoices to persons bear their names."""

    code = "billing.folder_open_to_others"
    message = _("Nothing was written: other users of this computer can read %(folder)s.")
    remedy = _("Choose a new folder, or close this one with: chmod 700.")
