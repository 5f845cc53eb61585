"""What may come back of help at home, in words, and what each estimate rests on. Euro cents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from filiere.billing import queries as billing
from filiere.orientation.findings import Option
from filiere.rules import parameters
from filiere.rules.parameters import Confidence
from filiere.rules.tax_credit import PARAMETERS, CreditEstimate
from filiere.web.formats import euros


@dataclass(frozen=True, slots=True)
class Basis:
    """One value that an estimate rests on: what, how much, which text, and how far it is known."""

    what: str
    value: str
    text: str
    known: str
    is_to_verify: bool


def bases(on: date) -> list[Basis]:
    """Give what an estimate of a day rests on, with its legal text and how far we know it."""
    names = {
        "home_help.credit_rate": _("Share that comes back"),
        "home_help.computer_ceiling_cents": _("Computer help counted in a year, at most"),
        "home_help.household_ceiling_cents": _("All home services of a household, at most"),
    }
    found = parameters.all_parameters()
    return [
        Basis(
            what=names[key],
            value=_value(key, on),
            text=found[key].legal_ref,
            known=known_words(found[key].confidence, found[key].source),
            is_to_verify=found[key].confidence == Confidence.MEMORY,
        )
        for key in PARAMETERS
    ]


def _value(key: str, on: date) -> str:
    if key.endswith("_cents"):
        return euros(parameters.whole(key, on), short=True)
    share = parameters.ratio(key, on)
    return _("%(percent)s %%") % {"percent": int(share * 100)}


def known_words(confidence: Confidence, source: str) -> str:
    """Say how far a value is known, and where it was read."""
    words = {
        Confidence.STATED: _("stated in 2018: %(source)s"),
        Confidence.VERIFIED: _("read: %(source)s"),
        Confidence.OPENFISCA: _("read: %(source)s"),
        Confidence.DERIVED: _("computed: %(source)s"),
        Confidence.OWN_CHOICE: _("our own choice"),
        Confidence.MEMORY: _("to verify: nobody has read the text yet"),
    }[confidence]
    return words % {"source": source}


def credits_of(options: Iterable[Option], on: date) -> dict[int, CreditEstimate]:
    """Estimate what comes back of one session at each offer shown, in at most one query.

    Offers not declared at home, without an amount, or that open nothing, are left out.
    """
    amounts = {one.offer_id: one.price.amount_cents or 0 for one in options}
    paid = {offer_id: cents for offer_id, cents in amounts.items() if cents}
    found = billing.credits_of_offers(paid, on=on) if paid else {}
    return {offer_id: one for offer_id, one in found.items() if one.credit_cents}


def credit_words(credit: CreditEstimate) -> str:
    """Say what comes back, as an estimate."""
    return _("about %(amount)s come back after your tax return: an estimate") % {
        "amount": euros(credit.credit_cents, short=True)
    }


def texts_listed(texts: Iterable[str]) -> str:
    """List references one after the other, with the stop of the reader's language."""
    return _("; ").join(dict.fromkeys(texts))
