"""Printed twins of pages: the receipt of a session, the statement of a payment.

One letterhead (``kernel/paper/document.typ``). Each names who paid. Amounts are euro cents.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from filiere.agenda.models import Registration
from filiere.billing import queries as billing_queries
from filiere.billing.explanations import package_sold
from filiere.billing.models import Charge, PayerKind, Till, TillReceipt
from filiere.kernel.calendar import legal_day
from filiere.kernel.pdf import LETTERHEAD, compile_pdf
from filiere.observatory.trace import TracedLine, TracedOrder
from filiere.settlement.claims import Claim
from filiere.vouchers.paper.words import number_words
from filiere.web.formats import day_words, euros, hour_words, number
from filiere.web.money_sentences import payment_title
from filiere.web.money_words import order_state, service_words
from filiere.web.till_words import means_words


def document(
    *,
    kind: str,
    reference: str,
    sender: str,
    heading: str,
    blocks: Sequence[dict[str, Any]],
    at: dt.datetime,
    addressee: Sequence[str] = (),
    foot: str = "",
) -> bytes:
    """Draw a document on the common letterhead.

    Args:
        kind: what it is, at the top right; ``reference`` is its number, in large print.
        sender: who it comes from, beside the mark.
        blocks: text, heading, warning, steps, amounts, facts, code or table, in reading order.
        addressee: lines of the address, the name first; none for a receipt.
    """
    data = {
        "title": f"{kind} {reference}".strip(),
        "author": sender,
        "language": (get_language() or "fr")[:2],
        "kind": kind,
        "reference": reference,
        "territory": sender,
        "addressee": list(addressee),
        "on": day_words(legal_day(at), year=True),
        "heading": heading,
        "blocks": list(blocks),
        "foot": foot,
    }
    return compile_pdf(LETTERHEAD, data, at=at)


def session_receipt(
    *,
    registration: Registration,
    charge: Charge,
    lines: Sequence[TracedLine],
    name: str,
    what: str,
    at: dt.datetime,
    till: Till | None = None,
    till_receipt: TillReceipt | None = None,
) -> bytes:
    """Draw the receipt of a session: who paid what, each funder by its name (C29).

    Args:
        till: where a public body cashes what is left for the person; None elsewhere.
        till_receipt: what was recorded there; None while it waits.
        lines: shares of the charge, of ``observatory.trace.trace_charge``.
        name: the person's, read and audited by the caller; blank when it is not kept.
        what: what the session was for.
    """
    starts, place = registration.slot.starts_at, registration.slot.offer.place
    left = sum(line.amount_cents for line in lines if line.kind == PayerKind.PERSON)
    facts = [
        [_("For"), name],
        [_("Session"), f"{day_words(starts, year=True)}, {hour_words(starts)}"],
        [_("What for"), what],
        [_("Place"), f"{place.name}, {place.commune.name}"],
    ]
    if till_receipt is not None:
        heading = _("You paid %(amount)s at the till") % {"amount": euros(left)}
    elif left:
        heading = _("%(amount)s left for you to pay") % {"amount": euros(left)}
    else:
        heading = _("You have nothing to pay")
    blocks: list[dict[str, Any]] = [
        {"is": "facts", "rows": [row for row in facts if row[1]]},
        {"is": "heading", "text": _("Who pays this session")},
        {
            "is": "amounts",
            "rows": [*_priced(charge), *_paid(lines)],
            "total": [_("Left for you"), euros(left)],
        },
    ]
    if till is not None and left:
        blocks += _at_till(till, till_receipt, charge)
    blocks += _why(charge)
    if not charge.price_stated:
        words = _("This place has not stated a price: nothing is asked.")
        blocks.append({"is": "text", "text": words})
    return document(
        kind=_("Receipt"),
        reference=registration.ref,
        sender=place.organisation.name,
        heading=heading,
        blocks=blocks,
        at=at,
        foot=_("Keep this sheet. The place keeps the same."),
    )


def _priced(charge: Charge) -> list[list[str]]:
    """The place's own price, and what the terms of the voucher's programme took off it."""
    receipt = billing_queries.receipt_lines(charge)
    return [
        [_("Price of the session"), euros(receipt.offer_cents)],
        *([label, euros(-cents)] for label, cents in receipt.deductions()),
    ]


def _at_till(till: Till, receipt: TillReceipt | None, charge: Charge) -> list[dict[str, Any]]:
    """The mention of a public till: its name and act, the receipt's number, how it was paid."""
    act = _("no. %(number)s of %(day)s") % {
        "number": till.act_number,
        "day": day_words(till.act_on, year=True),
    }
    rows = [[_("Till"), till.name], [_("Act of creation"), act]]
    sold = package_sold(charge.priced_as)
    if sold:
        rows.append([_("What was sold"), sold])
    if receipt is None:
        words = _("This sheet is not a receipt: pay at the till, and it gives you a numbered one.")
        return [
            {"is": "heading", "text": _("To pay at the till")},
            {"is": "facts", "rows": rows},
            {"is": "text", "text": words},
        ]
    rows += [
        [_("Till receipt"), _("no. %(number)s") % {"number": receipt.number}],
        [_("Day of the payment"), day_words(receipt.day, year=True)],
        [_("Paid by"), means_words(receipt.means)],
        [_("Amount received"), euros(receipt.amount_cents)],
    ]
    return [{"is": "heading", "text": _("Paid at the till")}, {"is": "facts", "rows": rows}]


def _why(charge: Charge) -> list[dict[str, Any]]:
    """Why each amount, as on the page; what may come back of help at home."""
    receipt = billing_queries.receipt_lines(charge)
    rows = [[_("Price of the session"), receipt.why]] if receipt.why else []
    rows += [[line.label, line.why] for line in receipt.lines]
    if receipt.package:
        rows.append([_("Package"), receipt.package])
    credit = billing_queries.credit_of(charge, person_cents=receipt.person_cents)
    if credit is not None and credit.credit_cents:
        words = _("About %(amount)s come back later: an estimate, to check with the tax office.")
        rows.append([_("Tax credit"), words % {"amount": euros(credit.credit_cents)}])
    if not rows:
        return []
    return [
        {"is": "heading", "text": _("Why these amounts")},
        {"is": "facts", "rows": rows},
    ]


def _paid(lines: Iterable[TracedLine]) -> list[list[str]]:
    """One row for each organisation that pays, with the number of its voucher."""
    rows = []
    for line in lines:
        for payer in line.payers:
            label = payer.name
            if line.voucher_serial is not None:
                label = _("%(funder)s (voucher no. %(serial)s)") % {
                    "funder": payer.name,
                    "serial": number_words(line.voucher_serial),
                }
            rows.append([label, euros(-payer.amount_cents)])
    return rows


def payment_statement(trace: TracedOrder, *, sender: str, at: dt.datetime) -> bytes:
    """Draw the statement of one payment to a provider: its sessions, then who paid it.

    Args:
        trace: of ``observatory.trace.trace_payment_order``; persons are not in it.
        sender: the operator who pays; blank when the setting is not filled in.
    """
    state = order_state(trace.state)
    if trace.paid_on:
        state = _("paid on %(day)s") % {"day": day_words(trace.paid_on, year=True)}
    total = euros(trace.amount_cents)
    blocks: list[dict[str, Any]] = [
        {
            "is": "facts",
            "rows": [
                [_("State"), state],
                [_("Reference at the bank"), trace.end_to_end_id],
            ],
        },
        {"is": "heading", "text": _("Who paid this payment")},
        {
            "is": "amounts",
            "rows": [[payer.name, euros(payer.amount_cents)] for payer in trace.payers],
            "total": [_("Total"), total],
        },
        {"is": "heading", "text": _("Each session of this payment")},
        {
            "is": "table",
            "head": [_("Session"), _("Who paid"), _("Amount")],
            "rows": [_session_row(line) for line in trace.lines],
            "total": [_("Total of the payment"), "", total],
        },
    ]
    return document(
        kind=_("Statement of payment"),
        reference=trace.batch_label,
        sender=sender,
        heading=payment_title(trace),
        blocks=blocks,
        at=at,
        addressee=[trace.provider],
    )


def claims_list(
    claims: Sequence[Claim], *, commissioner: str, year: int, sender: str, at: dt.datetime
) -> bytes:
    """Draw the list a commissioner is owed each year: who claimed its vouchers, for how much.

    Args:
        claims: of ``settlement.claims.yearly_claims``, by name.
        sender: the operator who owes the list; blank when the setting is not filled in.
    """
    total = euros(sum(one.amount_cents for one in claims))
    count = len(claims)
    heading = ngettext(
        "%(count)s organisation claimed your vouchers in %(year)s",
        "%(count)s organisations claimed your vouchers in %(year)s",
        count,
    ) % {"count": count, "year": year}
    if not claims:
        heading = _("Nobody claimed your vouchers in %(year)s") % {"year": year}
    rows = [
        [f"{one.name}\n{one.address}".strip(), one.number or _("not known"),
         number(one.sessions), euros(one.amount_cents)]
        for one in claims
    ]  # fmt: skip
    law = _(
        "List of the organisations that accepted your vouchers, from 1 January to 31 December"
        " %(year)s, by the day of use; what was undone since is left out. Reference: code général"
        " des collectivités territoriales, article R1611-6."
    ) % {"year": year}
    blocks: list[dict[str, Any]] = [{"is": "text", "text": law}]
    if rows:
        head = [_("Organisation"), _("SIREN or RNA"), _("Sessions"), _("Amount")]
        blocks.append(
            {"is": "table", "head": head, "rows": rows, "total": [_("Total"), "", "", total]}
        )
    return document(
        kind=_("Yearly list"),
        reference=str(year),
        sender=sender,
        heading=heading,
        blocks=blocks,
        at=at,
        addressee=[commissioner],
    )


def _session_row(line: TracedLine) -> list[str]:
    """One session of a payment: when and what, who paid, how much."""
    when = f"{day_words(line.session_at)}, {hour_words(line.session_at)}"
    what = f"{when} · {service_words(line.service)} · {line.place}, {line.commune}"
    return [what, ", ".join(payer.name for payer in line.payers), euros(line.amount_cents)]
