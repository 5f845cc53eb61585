"""Money due in the demonstration: a part payment, a credit balance, a plan, a dispute, reminders."""

import datetime as dt

from filiere.accounts.models import Organisation, OrganisationKind
from filiere.billing import services
from filiere.billing.models import Invoice, InvoicePayment, Issuer
from filiere.billing.queries.receivables import position_of
from filiere.kernel.calendar import add_months, legal_day
from filiere.operations.loop.world import organisation
from filiere.persons import services as persons

DAY = dt.timedelta(days=1)
PERSON_DAYS = 52
COMPANY, ASSOCIATION = OrganisationKind.COMPANY, OrganisationKind.ASSOCIATION
# Name, kind, days since the invoice, cents, wording.
OWED = (
    ("Garage du Viaduc (démonstration)", COMPANY, 128, 18_000, "Atelier pour cinq salariés"),
    ("Mutuelle des Deux Rives (démonstration)", COMPANY, 95, 42_500, "Permanence de deux jours"),
    ("Foyer rural de Bussière (démonstration)", ASSOCIATION, 74, 9_600, "Location de tablettes"),
    ("Scierie Lafont (démonstration)", COMPANY, 45, 27_000, "Formation à la facture électronique"),
)


def prepare(issuer: Issuer, *, at: dt.datetime) -> None:
    """Let four customers owe money, each at another point. Twice is once.

    One paid a part, one contests, one pays bit by bit, one paid too much then owes again; their
    reminders are prepared, one was sent.
    """
    if InvoicePayment.objects.filter(debtor__issuer=issuer).exists():
        return
    owed = []
    for name, kind, days, cents, wording in OWED:
        if days < PERSON_DAYS:  # numbers follow days
            _to_a_person(issuer, at=at - PERSON_DAYS * DAY)
        owed.append(_invoice(issuer, organisation(name, kind), days, cents, wording, at=at))
    services.prepare_reminders(at=at - 80 * DAY, issuer_id=issuer.pk)
    for reminder in owed[0].reminders.order_by("pk"):
        services.send_reminder(reminder=reminder, way="letter", at=at - 79 * DAY, actor="demo")
    _pay(owed[0], 6_000, days=60, reference="VIR GARAGE 0915", at=at)
    services.open_dispute(
        invoice=owed[1],
        reason="La mutuelle dit n’avoir reçu qu’une journée de permanence sur deux.",
        at=at - 30 * DAY,
        actor="demo",
    )
    _plan(owed[2], at=at)
    _pay(owed[3], 30_000, days=20, reference="CHQ 7712034", means="cheque", at=at)
    services.prepare_reminders(at=at, issuer_id=issuer.pk)


def _to_a_person(issuer: Issuer, *, at: dt.datetime) -> Invoice:
    """Let somebody owe a reconditioned computer: the reminder offers to pay bit by bit."""
    person = persons.open_file(at=at, actor="demo", is_invented=True)
    return services.issue_invoice(
        issuer=issuer,
        person_id=person,
        lines=[services.LineWanted(wording="Ordinateur reconditionné", unit_price_cents=9_000)],
        issued_on=legal_day(at),
        key="demo due by a person",
        at=at,
        actor="demo",
    )


def _invoice(
    issuer: Issuer, to: Organisation, days: int, cents: int, wording: str, *, at: dt.datetime
) -> Invoice:
    """Issue an invoice of one line, some days ago."""
    begun = at - days * DAY
    services.save_customer(
        issuer=issuer,
        organisation_id=to.pk,
        address=services.Address(
            legal_name=to.name, street="4 rue de l’Invention", postcode="23000", city="Guéret"
        ),
        at=begun,
        actor="demo",
    )
    return services.issue_invoice(
        issuer=issuer,
        organisation_id=to.pk,
        lines=[services.LineWanted(wording=wording, unit_price_cents=cents)],
        issued_on=legal_day(begun),
        key=f"demo due {days}",
        at=begun,
        actor="demo",
    )


def _pay(
    invoice: Invoice,
    cents: int,
    *,
    days: int,
    reference: str,
    at: dt.datetime,
    means: str = "transfer",
) -> None:
    """Record a payment of the customer of an invoice, some days ago."""
    moment = at - days * DAY
    services.record_payment(
        issuer_id=invoice.issuer_id,
        organisation_id=invoice.recipient_id,
        amount_cents=cents,
        received_on=legal_day(moment),
        means=means,
        reference=reference,
        key=reference,
        at=moment,
        actor="demo",
    )


def _plan(invoice: Invoice, *, at: dt.datetime) -> None:
    """Agree that an invoice is paid in three months; the first third is paid."""
    agreed = at - 40 * DAY
    third, rest = divmod(position_of(invoice).open_cents, 3)
    services.agree_plan(
        invoice=invoice,
        instalments=[
            (add_months(legal_day(agreed), rank), third + (rest if rank == 3 else 0))
            for rank in (1, 2, 3)
        ],
        at=agreed,
        actor="demo",
    )
    _pay(invoice, third, days=9, reference="VIR FOYER 1", at=at)
