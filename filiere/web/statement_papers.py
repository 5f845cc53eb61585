"""Statements on paper, on the common letterhead: every line of the period. Euro cents."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from filiere.observatory.statements import OF_SESSIONS, LineKind, Statement
from filiere.observatory.statements.person import Left
from filiere.web import statement_telling
from filiere.web import statement_words as say
from filiere.web.formats import day_words, euros
from filiere.web.papers import document

AMOUNTS = 3


def statement_pdf(found: Statement, *, name: str, sender: str, at: dt.datetime) -> bytes:
    """Draw the statement of an organisation: what each line is about, then the totals.

    Args:
        name: of the organisation it is for.
        sender: the operator who keeps the accounts; blank when the setting is not filled in.
    """
    charged, paid, balance = say.columns(found.party)
    opening = [_("Balance before"), "", "", euros(found.opening_cents)]
    rows = [_row(told) for told in statement_telling.tell_all(found, statement_telling.Opens())]
    blocks: list[dict[str, Any]] = [
        {"is": "text", "text": say.party_words(found.party)},
        {
            "is": "table",
            "head": [_("What happened"), charged, paid, balance],
            "numbers": AMOUNTS,
            "rows": [opening, *rows],
            "total": [
                _("Balance at the end"), euros(found.charged_cents), euros(found.paid_cents),
                euros(found.closing_cents),
            ],
        },
    ]  # fmt: skip
    if found.totals:
        blocks += _totals(found)
    return document(
        kind=_("Statement"),
        reference=_period_words(found),
        sender=sender,
        heading=say.title(found),
        blocks=blocks,
        at=at,
        addressee=[name],
    )


def _period_words(found: Statement) -> str:
    period = found.period
    return f"{period.first_on:%d/%m/%Y} – {period.last_on:%d/%m/%Y}"


def _row(told: statement_telling.Told) -> list[str]:
    line = told.line
    what = told.sentence
    if not told.is_of_its_day:
        what = f"{day_words(line.at, year=True)} · {what}"
    return [
        f"{what}\n{told.detail}".strip(),
        euros(line.charged_cents) if line.charged_cents else "",
        euros(line.paid_cents) if line.paid_cents else "",
        euros(line.balance_cents),
    ]


def _totals(found: Statement) -> list[dict[str, Any]]:
    charged, paid, _balance = say.columns(found.party)
    rows = [
        [
            f"{say.kind_words(found.party, one.kind)} ({one.count})",
            euros(one.charged_cents),
            euros(one.paid_cents),
        ]
        for one in found.totals
    ]
    return [
        {"is": "heading", "text": _("What the lines add up to")},
        {
            "is": "table",
            "head": [_("Lines"), charged, paid],
            "numbers": AMOUNTS - 1,
            "rows": rows,
            "total": [_("Total"), euros(found.charged_cents), euros(found.paid_cents)],
        },
    ]


def year_pdf(
    found: Statement, left: Left, *, name: str, sender: str, yours: bool, at: dt.datetime
) -> bytes:
    """Draw a person's year of help: each session, who paid it, what the person paid.

    Args:
        name: the person's, read and audited by the caller; blank when it is not kept.
        sender: the place that prints it; blank for the person's own copy.
        yours: it holds everything, for the person alone; False for one place's part.
    """
    sessions = [line for line in found.lines if line.kind in OF_SESSIONS]
    blocks: list[dict[str, Any]] = [
        {
            "is": "table",
            "head": [_("Session"), _("Price"), _("Paid by you")],
            "numbers": AMOUNTS - 1,
            "rows": [_year_row(line.about, line) for line in sessions],
            "total": [_("Total"), "", euros(sum(line.paid_cents for line in sessions))],
        }
    ]
    blocks += _invoices(found)
    blocks += [{"is": "heading", "text": _("What you can still use")}] if _left(left) else []
    blocks += [{"is": "text", "text": words} for words in _left(left)]
    blocks.append({"is": "text", "text": privacy_words(yours=yours)})
    return document(
        kind=_("Year of help"),
        reference=str(found.period.first_on.year),
        sender=sender,
        heading=say.year_title(found, yours=True),
        blocks=blocks,
        at=at,
        addressee=[name] if name else [],
    )


def _invoices(found: Statement) -> list[dict[str, Any]]:
    """Write a person's invoices, what was paid on them, and what is still due or too much."""
    rows = say.invoice_rows(found)
    if not rows:
        return []
    name, cents = say.invoice_total(found)
    return [
        {"is": "heading", "text": _("Invoices")},
        {
            "is": "table",
            "head": [_("What happened"), _("Amount")],
            "numbers": 1,
            "rows": [[words, euros(amount)] for words, amount in rows],
            "total": [name, euros(cents)],
        },
    ]


def privacy_words(*, yours: bool) -> str:
    """Say who else reads a person's year: nobody, or the place that gave the sessions."""
    if yours:
        return _("Nobody but you reads this page: neither those who pay, nor the places.")
    return _("This holds only the sessions given here. Help received elsewhere is not in it.")


def _left(left: Left) -> list[str]:
    return [
        *(
            say.voucher_left(one.serial, one.remaining_cents, one.use_until)
            for one in left.vouchers
        ),
        *(say.package_left(one) for one in left.packages),
    ]


def _year_row(about: Any, line: Any) -> list[str]:
    if line.kind == LineKind.REFUND:
        what = f"{day_words(line.at, year=True)}. " + _("Session refunded: %(reason)s") % {
            "reason": about.reason
        }
        return [what + f"\n{say.session_words(about)}", "", euros(line.paid_cents)]
    if package := say.package_words(line):
        return [f"{day_words(line.at, year=True)}. {package}", "", euros(line.paid_cents)]
    others = say.paid_by_others(about)
    what = say.session_words(about)
    if others:
        words = _("%(name)s: %(amount)s") % {"name": _("Paid by others"), "amount": others}
        what += f"\n{words}"
    return [what, say.price_words(about), euros(line.paid_cents)]
