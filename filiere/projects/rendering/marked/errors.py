"""Why a funder's own document is not taken as a template."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class TemplateUnreadable(FiliereError):
    """Not a Word document or workbook that opens, or one protected by a password."""

    code = "projects.template_unreadable"
    message = _("The file “%(name)s” is not a Word document or a workbook that can be read.")
    remedy = _("Save it as .docx or .xlsx, without a password, then send it again.")


class TemplateTooLarge(FiliereError):
    """More bytes than a template may hold, closed or opened."""

    code = "projects.template_too_large"
    message = _("The file “%(name)s” is larger than %(megabytes)s MB, or becomes so when opened.")
    remedy = _("Take its pictures out, or send the funder’s form without its annexes.")


class TemplateUnsafe(FiliereError):
    """It holds something that runs or fetches: a macro, an outside link, an embedded object."""

    code = "projects.template_unsafe"
    message = _("The file “%(name)s” holds what could run or fetch something: %(found)s.")
    remedy = _(
        "Save it again without macros, links to other files or embedded objects, then send it."
    )
