"""What to bring to an appointment, by the body whose procedure it is, then by need."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiere.rules.procedures import procedure as procedure_of

Text = str | Promise

BY_OPERATOR: dict[str, Text] = {
    "caf": _("Your CAF number (7 figures)"),
    "impots": _("Your last tax notice, or your tax number (13 figures)"),
    "france_travail": _("Your France Travail number"),
    "france_titres": _("The document to replace, if you have it"),
    "assurance_maladie": _("Your health insurance card"),
    "assurance_retraite": _("Your health insurance card and your last career record"),
    "msa": _("Your MSA number"),
    "prefecture": _("Your residence permit, or your receipt"),
    "energie": _("Your last energy bill"),
}
BY_NEED: dict[str, Text] = {
    "breakdown": _("The device that no longer works, with its charger"),
    "scam": _("The messages you received, without erasing any"),
    "learn": _("Your device and its charger, if you have one"),
    "work": _("Your CV, even an old one"),
    "child": _("The access codes given by the school"),
    "equipment": _("Proof of your income, if you have it"),
}
IDENTITY = _("An identity document")
PAPERS = ("procedure", "unsure", "work", "equipment")


def to_bring(need: str, procedure: str) -> list[str]:
    """List what to bring, the sheet first."""
    known = procedure_of(procedure)
    things: list[Text] = [_("This sheet")]
    if need in PAPERS or known:
        things.append(IDENTITY)
    if known and known.operator in BY_OPERATOR:
        things.append(BY_OPERATOR[known.operator])
    if need in BY_NEED:
        things.append(BY_NEED[need])
    things += [_("Your phone, charged, to receive a code"), _("Your glasses, if you wear any")]
    return [str(thing) for thing in things]
