"""How pages say the terms of a programme, its leverage, and what the ring-fenced account holds."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from filiere.kernel.wording import Day
from filiere.programmes.models import (
    BankLine,
    BankStatement,
    Commission,
    FunderReturn,
    LineUse,
    MatchRule,
    Programme,
    ProgrammeState,
    Receipt,
    Tranche,
)
from filiere.programmes.queries import Leverage, RingFenceCover, Verdict
from filiere.rules.funding_terms import PAYER_ORDERS, public_label
from filiere.settlement.commissions import CommissionAccount
from filiere.web.formats import euros, percent
from filiere.web.money_words import service_words, sessions

STATE_TONES = {
    ProgrammeState.DRAFT: "warning",
    ProgrammeState.SIGNED: "ok",
    ProgrammeState.CLOSED: "neutral",
}


def state(value: str) -> str:
    """Say where a programme is in its life."""
    return {
        ProgrammeState.DRAFT: _("draft"),
        ProgrammeState.SIGNED: _("signed"),
        ProgrammeState.CLOSED: _("closed"),
    }[ProgrammeState(value)]


def public_words(key: str) -> str:
    """Name a public in the reader's language."""
    return public_label(key, "en" if (get_language() or "fr").startswith("en") else "fr")


def terms_title(programme: Programme, *, tranches: int) -> str:
    """Say what is to be done next, or that nothing is."""
    if programme.state == ProgrammeState.DRAFT:
        return _("This programme is a draft: read it again, then sign it")
    if programme.state == ProgrammeState.CLOSED:
        return _("This programme is closed")
    if not tranches:
        return _("This programme is signed: no one has promised money yet")
    words = ngettext(
        "This programme is signed, with %(count)d promise",
        "This programme is signed, with %(count)d promises",
        tranches,
    )
    return words % {"count": tranches}


def _names(names: Sequence[str], *, otherwise: str) -> str:
    return ", ".join(names) if names else otherwise


def terms_rows(programme: Programme) -> list[tuple[str, str]]:
    """Every term, as pairs of label and words."""
    price, cap = programme.regulated_price_cents, programme.cap_cents_per_person_year
    places = [one.name for one in programme.places.order_by("name", "pk")]
    providers = [one.name for one in programme.providers.order_by("name", "pk")]
    voucher_first = tuple(programme.payer_order) == PAYER_ORDERS[0]
    return [
        (_("Dates"), _("from %(start)s to %(end)s") % {
            "start": Day(programme.starts_on), "end": Day(programme.ends_on),
        }),
        (_("Territories"), _names(
            [one.name for one in programme.territories.order_by("name", "pk")], otherwise="–"
        )),
        (_("Services"), _names(
            [service_words(one) for one in programme.services], otherwise=_("all services")
        )),
        (_("For whom"), _names(
            [public_words(one) for one in programme.publics], otherwise=_("everyone")
        )),
        (_("Organisations"), _names(providers, otherwise=_("all those whose places are qualified"))),
        (_("Places"), _names(places, otherwise=_("all their places"))),
        (_("Highest price of a session"),
         euros(price) if price is not None else _("each place's own price")),
        (_("What the person pays"),
         _("nothing: the place waives what the others do not reach")
         if programme.person_pays_nothing else _("what the others leave")),
        (_("Ceiling for one person in a year"), euros(cap) if cap else _("none")),
        (_("Order of payers"),
         _("the voucher, then third parties, then the person") if voucher_first
         else _("third parties, then the voucher, then the person")),
        (_("Operator’s commission"), commission_terms(programme)),
        (_("Distance"), _("%(share)s of people within %(minutes)d minutes of a place") % {
            "share": percent(programme.reach_share_percent / 100),
            "minutes": programme.reach_minutes,
        }),
        (_("Without network"),
         _("registered devices may take its vouchers") if programme.offline_use
         else _("its vouchers are not taken")),
        (_("Use of its vouchers"),
         _("anyone may read it") if programme.funnel_is_public else _("its funders read it")),
    ]  # fmt: skip


def commission_terms(programme: Programme) -> str:
    """Say what the operator earns on what places are paid; all taxes included."""
    rate, each = programme.commission_basis_points, programme.commission_cents_per_use
    parts = []
    if rate:
        said = {"rate": number_format(Decimal(rate) / 100)}
        parts.append(_("%(rate)s %% of what places are paid") % said)
    if each:
        parts.append(_("%(amount)s for each use") % {"amount": euros(each)})
    return " + ".join(parts) or _("none")


def commission_title(account: CommissionAccount) -> str:
    """Say what is due to the operator: the page's only question."""
    if account.due_cents:
        return _("%(amount)s are due to the operator") % {"amount": euros(account.due_cents)}
    return _("Nothing is due to the operator now")


def earmark(tranche: Tranche) -> str:
    """Say what a promise may pay only; blank when it is not earmarked."""
    if tranche.pays_fees:
        return _("pays the operator’s commission only")
    names = [one.name for one in tranche.earmark_territories.all()]
    names += [public_words(one) for one in tranche.earmark_publics]
    return _("only for: %(names)s") % {"names": ", ".join(names)} if names else ""


def match_sentence(rule: MatchRule) -> str:
    """Say a matching rule in one sentence."""
    return _(
        "For %(per)s put by %(trigger)s, %(matching)s adds %(called)s, up to %(cap)s in all."
    ) % {
        "per": euros(rule.per_cents),
        "trigger": rule.trigger.funder.name,
        "matching": rule.matching.funder.name,
        "called": euros(rule.called_cents),
        "cap": euros(rule.cap_cents),
    }


def leverage_sentence(rows: Sequence[Leverage]) -> str:
    """Say what the first funder's euro called from the others; blank before their cash."""
    for row in rows:
        if row.per_euro_cents is not None and row.others_cents:
            return _("For each euro of %(funder)s, the other funders put %(amount)s.") % {
                "funder": row.funder,
                "amount": euros(row.per_euro_cents),
            }
    return ""


def ring_fence_title(cover: RingFenceCover) -> str:
    """Say whether the ring-fenced account holds enough: the page's only question."""
    if cover.bank_cents is None:
        return _("No bank statement has been imported yet")
    surplus = cover.surplus_cents or 0
    if cover.verdict == Verdict.SHORT:
        return _("%(amount)s are missing") % {"amount": euros(-surplus)}
    if cover.verdict == Verdict.UNKNOWN:
        words = ngettext(
            "No statement imported for %(count)d day",
            "No statement imported for %(count)d days",
            cover.days_old,
        )
        return words % {"count": cover.days_old}
    return _("There is enough")


VERDICT_TONES = {Verdict.ENOUGH: "ok", Verdict.SHORT: "error", Verdict.UNKNOWN: "warning"}


def ring_fence_rows(cover: RingFenceCover) -> list[tuple[str, str, str, int, int]]:
    """Rows of the table: which, what is owed, why, on the statement's day and now, in cents."""
    then, now = cover.owed, cover.owed_now
    return [
        ("tranches", _("Received, not yet in vouchers"), _("free money of the promises"),
         then.tranches_cents, now.tranches_cents),
        ("pockets", _("Vouchers in use"), _("what is left on them"),
         then.pockets_cents, now.pockets_cents),
        ("payables", _("Owed to places"), _("sessions paid by vouchers"),
         then.payables_cents, now.payables_cents),
        ("third_parties", _("Third parties' money"), _("received, and due to places"),
         then.third_parties_cents, now.third_parties_cents),
        ("transit", _("Sent to the bank"), _("not yet seen on a statement"),
         then.transit_cents, now.transit_cents),
        ("returns", _("To give back to funders"), _("not yet paid by the bank"),
         then.returns_cents, now.returns_cents),
        ("commissions", _("The operator’s commission"), _("set aside, not yet paid by the bank"),
         then.commissions_cents, now.commissions_cents),
        ("credits", _("Credit balances"), _("paid on invoices, more than they ask"),
         then.credits_cents, now.credits_cents),
    ]  # fmt: skip


def ring_fence_why(cover: RingFenceCover) -> str:
    """Say under the title what was compared, and what to do."""
    if cover.bank_cents is None or cover.dated_on is None:
        return _("Import a statement of the bank: without it, nobody can say if there is enough.")
    compared = _(
        "On %(day)s the bank held %(bank)s, and %(owed)s were owed to providers, funders and"
        " people who hold vouchers."
    ) % {
        "day": Day(cover.dated_on),
        "bank": euros(cover.bank_cents),
        "owed": euros(cover.owed.total_cents),
    }
    if cover.verdict == Verdict.SHORT:
        return " ".join((compared, _("Activate no lot until this is explained.")))
    if cover.verdict == Verdict.UNKNOWN:
        return " ".join((compared, _("Import a more recent statement.")))
    return compared


def imported(statement: BankStatement) -> str:
    """Say what a file brought."""
    fresh = statement.lines.count()
    words = ngettext(
        "The statement is imported: %(count)d new line.",
        "The statement is imported: %(count)d new lines.",
        fresh,
    )
    return words % {"count": fresh}


def statements_title(latest: BankStatement | None) -> str:
    """Say how far the bank's word goes."""
    if latest is None:
        return _("No bank statement has been imported yet")
    return _("The bank's statements, up to %(day)s") % {"day": Day(latest.dated_on)}


def statement_title(statement: BankStatement) -> str:
    """Say what one statement ends with."""
    return _("%(amount)s on the account on %(day)s") % {
        "amount": euros(statement.closing_balance_cents),
        "day": Day(statement.dated_on),
    }


def receipts_title(receipts: QuerySet[Receipt]) -> str:
    """Say how much funders paid, without what the bank took back."""
    kept = receipts.filter(bounce=None).aggregate(total=Sum("amount_cents", default=0))["total"]
    if not receipts.exists():
        return _("No payment of a funder has been confirmed yet")
    return _("Funders have paid %(amount)s") % {"amount": euros(kept)}


def receipt_words(receipt: Receipt) -> str:
    """Name a receipt in a list of choices."""
    return _("Payment of %(funder)s of %(day)s, taken back by the bank") % {
        "funder": receipt.tranche.funder.name,
        "day": Day(receipt.received_on),
    }


def return_words(returned: FunderReturn) -> str:
    """Name a return in a list of choices."""
    return _("Money given back to %(funder)s: %(cause)s") % {
        "funder": returned.tranche.funder.name,
        "cause": returned.cause,
    }


def commission_words(commission: Commission) -> str:
    """Name a commission in a list of choices."""
    return _("Commission of the operator, taken on %(day)s") % {
        "day": Day(commission.taken_at.date())
    }


def commission_uses_title(account: CommissionAccount) -> str:
    """Say what the list of uses adds up to."""
    if not account.uses:
        return _("Nothing has been paid to a place yet")
    return _("%(amount)s paid to places, %(uses)s") % {
        "amount": euros(account.settled_cents), "uses": sessions(account.uses)
    }  # fmt: skip


def line_words(line: BankLine) -> str:
    """Say what a line of the bank was said to be; blank while nobody said it."""
    receipt: Receipt | None = getattr(line, "receipt", None)
    if receipt is not None:
        return _("payment of %(funder)s") % {"funder": receipt.tranche.funder.name}
    if getattr(line, "bounce", None) is not None:
        return _("payment taken back")
    if getattr(line, "commission", None) is not None:
        return _("the operator’s commission")
    use = getattr(line, "use", None)
    told = {
        LineUse.PAYMENT.value: _("transfer to providers"),
        LineUse.INVOICE_PAYMENT.value: _("payment of an invoice"),
        LineUse.INVOICE_BOUNCE.value: _("payment of an invoice taken back"),
    }
    if use is not None and use.kind in told:
        return told[use.kind]
    return _("given back to a funder") if getattr(line, "funder_return", None) is not None else ""
