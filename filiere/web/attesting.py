"""The yearly attestation of help at home, drawn on the common letterhead. Euro cents."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from filiere.accounts.models import Organisation
from filiere.billing.explanations import hours_words
from filiere.billing.queries import Attestation
from filiere.rules import parameters
from filiere.web.credit_words import bases, texts_listed
from filiere.web.formats import day_words, euros
from filiere.web.papers import document


def attestation_pdf(
    found: Attestation, *, provider: Organisation, name: str, at: dt.datetime
) -> bytes:
    """Draw the attestation the person keeps with its tax return.

    Args:
        name: the person's, read and audited by the caller; blank when it is not kept.
    """
    rows = [
        [
            day_words(one.starts_at, year=True),
            f"{hours_words(one.minutes)}, {one.worker}",
            euros(one.price_cents),
            euros(one.aid_cents),
            euros(one.paid_cents),
        ]
        for one in found.sessions
    ]
    blocks: list[dict[str, Any]] = [
        {"is": "facts", "rows": _facts(found, provider, name)},
        {"is": "heading", "text": _("Each session")},
        {
            "is": "table",
            "head": [
                _("Day"), _("Length, given by"), _("Price"), _("Paid by others"), _("Paid by you"),
            ],
            "rows": rows,
            "total": [_("Total"), "", "", "", euros(found.paid_cents)],
        },
        {"is": "heading", "text": _("What may come back")},
        {"is": "text", "text": _credit(found)},
        {"is": "heading", "text": _("What this rests on")},
        {"is": "table", "head": [_("Value"), _("Amount"), _("Text"), _("How it is known")],
         "rows": _bases(found.year)},
        {"is": "text", "text": _sources(found.year)},
    ]  # fmt: skip
    return document(
        kind=_("Tax attestation"),
        reference=str(found.year),
        sender=provider.name,
        heading=_("You paid %(amount)s for help at home in %(year)s")
        % {"amount": euros(found.paid_cents), "year": found.year},
        blocks=blocks,
        at=at,
        addressee=[name] if name else [],
        foot=_("Keep this attestation with your tax return: the tax office may ask for it."),
    )


def _facts(found: Attestation, provider: Organisation, name: str) -> list[list[str]]:
    rows = [
        [_("Provider"), provider.name],
        [_("SIRET"), provider.siret or ""],
        [_("Declaration"), found.number],
        [_("Person"), name],
        [_("Paid in %(year)s, aid taken off") % {"year": found.year}, euros(found.paid_cents)],
    ]
    return [row for row in rows if row[1]]


def _credit(found: Attestation) -> str:
    ceiling = parameters.whole("home_help.computer_ceiling_cents", dt.date(found.year, 12, 31))
    return _(
        "About %(credit)s, if this is your only help at home of the year: half of what you paid,"
        " counted up to %(ceiling)s of computer help a year. What vouchers, third parties or an"
        " employer paid does not count."
    ) % {"credit": euros(found.credit.credit_cents), "ceiling": euros(ceiling)}


def _bases(year: int) -> list[list[str]]:
    return [[one.what, one.value, one.text, one.known] for one in bases(dt.date(year, 12, 31))]


def _sources(year: int) -> str:
    """Name what the estimate rests on: a decision aid, dated, to check."""
    known = bases(dt.date(year, 12, 31))
    return _(
        "This is a decision aid for %(year)s, resting on: %(texts)s. To check with the tax office."
    ) % {"year": year, "texts": texts_listed(one.text for one in known)}
