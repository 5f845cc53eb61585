"""``python -m tests.operations.demo_goes_on``: what a successor does with the demonstration.

A process of its own, with the keys the import installed. Reads one JSON line, what the people of
the demonstration hold in hand; prints one, what became of it.
"""

import datetime as dt
import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["FILIERE_INSECURE"] = "1"
HOUR = dt.timedelta(hours=1)


def main() -> None:
    """Serve those who come, pay the places, invoice, close a month; print the facts."""
    import django

    django.setup()
    held = json.loads(sys.stdin.readline())
    at = dt.datetime.fromisoformat(held["at"])
    facts = serve(held) | pay(at) | offer(held, at) | invoice(held, at) | keep_till(held, at)
    sys.stdout.write(json.dumps(facts) + "\n")


def serve(held):
    """The visitors of the day come with the codes printed by the demonstration."""
    from filiere.agenda.models import Registration
    from filiere.billing import queries
    from filiere.billing import services as billing
    from filiere.billing.models import PayerKind, PayerShare
    from filiere.pathways import services as pathways

    taken = []
    for code, ref in held["pays"]:
        seat = Registration.objects.select_related("slot").get(ref=ref)
        ended = seat.slot.ends_at
        pathways.deliver(
            registration_id=seat.pk, present=True, outcome="done_together", at=ended, actor="test"
        )
        charge = queries.charge_of(seat.pk)
        billing.split_charge(charge=charge, voucher_code=code, at=ended, actor="test")
        paid = PayerShare.objects.filter(charge=charge, kind=PayerKind.VOUCHER)
        taken.append(sum(share.amount_cents for share in paid))
    return {"taken": taken}


def pay(at):
    """Everything due is frozen, approved by another person, sent to the bank and paid."""
    from filiere.settlement import queries, services
    from filiere.settlement.bank_file import Debtor

    end = at + 10 * HOUR
    batch = services.freeze_batch(cutoff_at=end, label="SUITE", at=end, actor="user:blaise")
    alerts = list(queries.alerts_of(batch).values_list("pk", flat=True))
    services.approve_batch(batch=batch, at=end, actor="user:ada", alerts_read=alerts)
    debtor = Debtor("Le Successeur", "DE89370400440532013000", "COBADEFFXXX")
    services.emit_batch(batch=batch, debtor=debtor, at=end, actor="user:ada")
    paid = services.mark_paid(batch=batch, paid_on=end.date(), at=end, actor="user:blaise")
    left = queries.payables(until=end)
    return {"batch": paid.state, "paid_cents": paid.total_cents, "left_cents": sum(left.values())}


def offer(held, at):
    """A card of an employer's hours opens them."""
    from filiere.billing import services as billing
    from filiere.billing.models import PayerKind
    from filiere.directory.models import Offer
    from filiere.kernel.calendar import legal_day

    one = Offer.objects.get(place__name="Médiathèque de Guéret", service="procedures")
    told = billing.quote_offer(
        offer_id=one.pk, minutes=30, on=legal_day(at), at=at, card_code=held["card"]
    )
    (given,) = [share for share in told.shares if share.kind == PayerKind.EMPLOYER]
    return {"card_cents": given.amount_cents}


def invoice(held, at):
    """The same invoice is drawn again, and the next numbers follow the last ones."""
    from filiere.billing import services as billing
    from filiere.billing.models import Invoice
    from filiere.billing.paper.printing import invoice_file
    from filiere.kernel.calendar import legal_day

    first = Invoice.objects.select_related("issuer").get(number=held["invoice"])
    drawn = invoice_file(first, kind="pdf", reader="test", at=at)
    asked = {"issued_on": legal_day(at), "at": at, "actor": "test"}
    following = billing.issue_invoice(
        issuer=first.issuer, organisation_id=first.recipient_id, key="successor",
        lines=[billing.LineWanted(wording="Atelier", unit_price_cents=10_000)], **asked,
    )  # fmt: skip
    line = following.lines.get()
    note = billing.issue_credit_note(
        invoice=following, reason="Atelier annulé.", net_by_line={line.pk: line.net_cents},
        key="successor note", **asked,
    )  # fmt: skip
    return {
        "same_invoice": drawn.hex() == held["invoice_pdf"],
        "numbers": [following.number, note.number],
    }


def keep_till(held, at):
    """The public accountant signs the month that waited; receipts are numbered without a gap."""
    from filiere.accounts.models import Membership, Role
    from filiere.billing.models import Till, TillMonth, TillReceipt
    from filiere.billing.services import tills

    till = Till.objects.get(pk=held["till"])
    waiting = TillMonth.objects.filter(till=till, state="handed").get()
    accountant = Membership.objects.select_related("user").get(
        role=Role.ACCOUNTANT, organisation=till.organisation_id
    )
    signed = tills.sign_month(
        till_id=till.pk, month=waiting.month, at=at, actor=accountant.user.actor
    )
    numbers = TillReceipt.objects.filter(till=till).order_by("pk").values_list("number", flat=True)
    return {"month": signed.state, "receipts": list(numbers)}


if __name__ == "__main__":
    main()
