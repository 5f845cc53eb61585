"""Words of project files: states, rights, accounts, attachments, lengths, fields that are missing."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError
from filiere.projects.models import AnswerLength, AttachmentKind, MemberRight, Nature, ProjectState
from filiere.rules.funder_forms.shape import Words
from filiere.rules.funding_terms import public_label

STATES = {
    ProjectState.DRAFT.value: _("being prepared"),
    ProjectState.RUNNING.value: _("running"),
    ProjectState.CLOSED.value: _("closed"),
    ProjectState.ABANDONED.value: _("abandoned"),
}
STATE_TONES = {
    ProjectState.DRAFT.value: "info",
    ProjectState.RUNNING.value: "ok",
    ProjectState.CLOSED.value: "neutral",
    ProjectState.ABANDONED.value: "neutral",
}
RIGHTS = {
    MemberRight.READER.value: _("reads"),
    MemberRight.EDITOR.value: _("writes"),
    MemberRight.OWNER.value: _("in charge"),
}
RIGHT_EXAMPLES = {
    MemberRight.READER.value: _("Reads everything, changes nothing."),
    MemberRight.EDITOR.value: _("Writes the file, its budget and its plan."),
    MemberRight.OWNER.value: _("Writes too; shares the file, starts it and ends it."),
}
NATURES = {
    Nature.PURCHASES.value: _("60 Purchases"),
    Nature.SERVICES.value: _("61 Outside services: rent, repairs, insurance"),
    Nature.OTHER_SERVICES.value: _("62 Other outside services: fees, travel, communication"),
    Nature.TAXES.value: _("63 Taxes and duties"),
    Nature.STAFF.value: _("64 Staff"),
    Nature.OTHER_COSTS.value: _("65 Other running costs"),
    Nature.FINANCIAL.value: _("66 Financial costs"),
    Nature.EXCEPTIONAL.value: _("67 Exceptional costs"),
    Nature.DEPRECIATION.value: _("68 Depreciation and provisions"),
    Nature.IN_KIND.value: _("86 Given in kind: volunteers, rooms, loans"),
}
ATTACHMENTS = {
    AttachmentKind.STATUTES.value: _("Articles of association"),
    AttachmentKind.ACCOUNTS.value: _("Approved accounts"),
    AttachmentKind.BANK_DETAILS.value: _("Bank details"),
    AttachmentKind.BOARD.value: _("List of the board"),
    AttachmentKind.REGISTRATION.value: _("Sirene registration notice"),
    AttachmentKind.MANDATE.value: _("Power to sign"),
    AttachmentKind.REPORT.value: _("Activity report"),
    AttachmentKind.CHARTER.value: _("Republican commitment charter"),
    AttachmentKind.QUOTE.value: _("Quote"),
    AttachmentKind.INVOICE.value: _("Invoice or proof"),
    AttachmentKind.AWARD.value: _("Award letter or agreement"),
    AttachmentKind.OTHER.value: _("Other document"),
}
LENGTHS = {
    AnswerLength.SHORT.value: _("Short"),
    AnswerLength.MEDIUM.value: _("Medium"),
    AnswerLength.LONG.value: _("Long"),
}
# Themes of the question bank, in the order they are walked.
THEMES = {
    "identity": _("Who you are"),
    "governance": _("How you decide"),
    "need": _("The need"),
    "territory": _("Where"),
    "publics": _("For whom"),
    "actions": _("What you will do"),
    "means": _("With what"),
    "calendar": _("When"),
    "evaluation": _("How you will know"),
    "budget": _("The money"),
    "attestations": _("What you certify"),
}
TERMS = {
    "title": _("Title"),
    "ends_on": _("Last day"),
    "publics": _("For whom?"),
    "label": _("What is it?"),
    "nature": _("Account"),
    "year": _("Year"),
    "quantity": _("Quantity"),
    "unit_price_cents": _("Price of one"),
    "amount_cents": _("What the project pays"),
    "without_vat_cents": _("The whole cost without VAT"),
    "with_vat_cents": _("The whole cost with VAT"),
    "is_investment": _("Investment"),
    "name": _("Name"),
}


def is_french() -> bool:
    """Tell which language the forms and the question bank are read in."""
    return (get_language() or "fr").startswith("fr")


def said(words: Words) -> str:
    """Give words of the forms in the reader's language."""
    return words.fr if is_french() else words.en


def public_words(keys: Sequence[str]) -> list[str]:
    """Name publics in the reader's language."""
    language = "fr" if is_french() else "en"
    return [public_label(key, language) for key in keys]


def told(refusal: FiliereError) -> str:
    """Say a refusal, the field it names in words."""
    term = refusal.parameters.get("term", "")
    if term in TERMS:
        quoted = "«\u00a0%s\u00a0»" if is_french() else "“%s”"
        refusal.parameters["term"] = quoted % TERMS[term]
    return str(refusal)
