"""What proves a line: sessions, charges, costs with a bill; each cost once; what funders are shown."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from filiere.agenda.models import SlotState
from filiere.projects import queries, services
from filiere.projects.errors import BudgetLineUsed, FactAlreadyProves, ProofNotPossible
from filiere.projects.models import LineTag
from tests.billing.factories import world
from tests.projects.factories import ACT, TODAY, allocate, granted, line, project
from tests.projects.test_answers import at_once
from tests.projects.test_files import pdf

pytestmark = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def running():
    """A project of this year, in which sessions of the tests take place."""
    return project(starts_on=datetime.date(2026, 1, 1), ends_on=datetime.date(2027, 12, 31))


def this_year(of, cents=1_000_000, **fields):
    return line(of, cents, year=TODAY.year, **fields)


def delivered():
    """A settled session: its charge, and its slot that took place."""
    charge = world(price=2_500).split()
    slot = charge.registration.slot
    slot.state = SlotState.REALISED
    type(slot).objects.filter(pk=slot.pk).update(state=SlotState.REALISED)
    return charge, slot


def by_session(to, slot, cost="staff", cents=4_500):
    return services.prove_by_session(
        line_id=to.pk, slot_id=slot.pk, cost=cost, amount_cents=cents, **ACT
    )


def by_cost(to, cents, **fields):
    given = {"label": "Carburant", "spent_on": datetime.date(to.year, 3, 2)} | ACT | fields
    return services.prove_by_cost(line_id=to.pk, amount_cents=cents, **given)


def test_prove_by_session_pays_each_cost_of_it_once():
    made, (_charge, slot) = running(), delivered()
    staff, bus = this_year(made, label="Animateur"), this_year(made)
    tag = by_session(staff, slot)
    assert (tag.kind, tag.amount_cents, tag.spent_on.year) == ("session", 4_500, TODAY.year)
    assert slot.offer.place.name in tag.label
    by_session(bus, slot, cost="travel", cents=800)
    with pytest.raises(FactAlreadyProves, match="Animateur"):
        by_session(this_year(running()), slot)
    found = queries.activity_of(made.pk)
    assert (found.sessions, found.came) == (1, 1)
    assert found.minutes == (slot.ends_at - slot.starts_at).seconds // 60
    with pytest.raises(IntegrityError, match="linetag_session_cost_once"), transaction.atomic():
        LineTag.objects.filter(slot=slot, cost="travel").update(cost="staff")


def test_prove_by_charge_is_the_price_once():
    made, (charge, _slot) = running(), delivered()
    staff = this_year(made)
    tag = services.prove_by_charge(line_id=staff.pk, charge_id=charge.pk, **ACT)
    assert (tag.amount_cents, tag.label) == (2_500, charge.registration.ref)
    with pytest.raises(FactAlreadyProves):
        services.prove_by_charge(line_id=this_year(made).pk, charge_id=charge.pk, **ACT)


@REAL
def test_one_session_tagged_by_two_projects_at_once_proves_one_line():
    (_charge, slot), lines = delivered(), [this_year(running()) for _n in range(3)]
    answers = at_once([lambda one=one: by_session(one, slot) for one in lines])
    assert sum(isinstance(one, LineTag) for one in answers) == 1
    assert sum(isinstance(one, FactAlreadyProves) for one in answers) == 2


def test_prove_refuses_what_did_not_take_place_or_of_another_year():
    made, (_charge, slot) = running(), delivered()
    with pytest.raises(ProofNotPossible):
        by_session(line(made), slot)
    type(slot).objects.filter(pk=slot.pk).update(state=SlotState.OPEN)
    staff = this_year(made)
    with pytest.raises(ProofNotPossible):
        by_session(staff, slot)
    with pytest.raises(ProofNotPossible):
        services.prove_by_charge(line_id=staff.pk, charge_id=0, **ACT)
    for wrong in ({"spent_on": datetime.date(2027, 1, 1)}, {"label": " "}):
        with pytest.raises(ProofNotPossible):
            by_cost(staff, 100, **wrong)
    for cents in (0, -100):
        with pytest.raises(ProofNotPossible):
            by_cost(staff, cents)


def test_prove_by_cost_uses_a_bill_of_the_project_once():
    made = running()
    staff = this_year(made)
    bill, other = (
        services.attach(project_id=one.pk, kind="invoice", name="f.pdf", content=pdf(), **ACT)
        for one in (made, running())
    )
    by_cost(staff, 4_200, document_id=bill.pk)
    with pytest.raises(FactAlreadyProves):
        by_cost(staff, 4_200, document_id=bill.pk)
    with pytest.raises(ProofNotPossible):
        by_cost(staff, 4_200, document_id=other.pk)


def test_proofs_of_add_up_and_untag_takes_away_once():
    made = running()
    staff, bus = this_year(made, 100_000), this_year(made, 50_000)
    tag = by_cost(staff, 30_000)
    by_cost(staff, 90_000, label="Salaire de mars")
    found = queries.proofs_of(made.pk)
    assert [(one.line, one.proved_cents, one.missing_cents) for one in found] == [
        (staff, 120_000, 0), (bus, 0, 50_000),
    ]  # fmt: skip
    for _twice in range(2):
        services.untag(tag=tag, **ACT)
    assert [one.label for one in queries.tags_of(staff.pk)] == ["Salaire de mars"]


def test_a_proved_line_does_not_change_year():
    staff = this_year(running())
    tag = services.prove_by_cost(
        line_id=staff.pk, label="Salaire", spent_on=TODAY, amount_cents=100, **ACT
    )
    with pytest.raises(BudgetLineUsed):
        services.edit_line(line_id=staff.pk, year=TODAY.year + 1, **ACT)
    services.untag(tag=tag, **ACT)
    assert services.edit_line(line_id=staff.pk, year=TODAY.year + 1, **ACT).year == TODAY.year + 1


def test_claim_of_shares_what_is_proved_between_those_who_pay_the_line():
    made = running()
    staff = this_year(made, 100_000)
    town, state = granted(made, 60_000), granted(made, 30_000)
    allocate(town, staff, 60_000)
    allocate(state, staff, 30_000)
    by_cost(staff, 50_001)
    claims = [queries.claim_of(one)[0] for one in (town, state)]
    assert [(one.allocated_cents, one.proved_cents) for one in claims] == [
        (60_000, 30_001), (30_000, 15_000),
    ]  # fmt: skip
    by_cost(staff, 500_000)
    assert [queries.claim_of(one)[0].missing_cents for one in (town, state)] == [0, 0]
    assert queries.claim_of(granted(made)) == []


def test_prove_by_sessions_refuses_places_of_others_even_invited():
    made, (_charge, slot) = running(), delivered()
    theirs, on = slot.offer.place.organisation_id, slot.starts_at.date()
    asked = {
        "place_ids": [slot.offer.place_id], "line_id": this_year(made).pk, "first_on": on,
        "last_on": on, "cost": "staff", "hour_cents": 3_000,
    } | ACT  # fmt: skip
    with pytest.raises(ProofNotPossible):
        services.prove_by_sessions(acting_for=[theirs], **asked)
    services.share_project(project_id=made.pk, organisation_id=theirs, right="reader", **ACT)
    with pytest.raises(ProofNotPossible):
        services.prove_by_sessions(acting_for=[made.carrier_id], **asked)
    assert len(services.prove_by_sessions(acting_for=[theirs], **asked).rows) == 1
