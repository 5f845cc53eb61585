import datetime

import pytest

from filiere.agreements import queries, services
from filiere.agreements.errors import (
    AgreementDatesReversed,
    AgreementWithOneself,
    CommitmentMissing,
    CommitmentOutOfRange,
    OperatorUnknown,
)
from filiere.agreements.models import Agreement
from filiere.agreements.services import Promise
from tests.agenda.factories import OrganisationFactory
from tests.conftest import AT

pytestmark = pytest.mark.django_db
START, END = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
HALF = Promise(label="La moitié du reste", rate_ppm=500_000, cap_cents=1_000, operator_key="caf")


def sign(promiser=None, **overrides):
    defaults = {
        "kind": "third_party",
        "title": "Tiers payant",
        "promiser_id": (promiser or OrganisationFactory()).pk,
        "starts_on": START,
        "ends_on": END,
        "commitments": [HALF],
        "at": AT,
        "actor": "user:1",
    }
    return services.sign(**defaults | overrides)


def test_sign_writes_the_agreement_and_its_commitments():
    agreement = sign()

    commitment = agreement.commitments.get()
    assert agreement.signed_at == AT
    assert (commitment.rate_ppm, commitment.cap_cents, commitment.envelope_cents) == (
        500_000,
        1_000,
        None,
    )


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"starts_on": END, "ends_on": START}, AgreementDatesReversed),
        ({"commitments": []}, CommitmentMissing),
        ({"commitments": [Promise("x", rate_ppm=1_000_001)]}, CommitmentOutOfRange),
        ({"commitments": [Promise("x", envelope_cents=-1)]}, CommitmentOutOfRange),
        ({"commitments": [Promise("x", operator_key="nobody")]}, OperatorUnknown),
    ],
)
def test_sign_refuses_what_nobody_could_keep(changes, refusal):
    with pytest.raises(refusal) as refused:
        sign(**changes)

    assert str(refused.value)
    assert not Agreement.objects.exists()


def test_sign_refuses_an_agreement_with_oneself():
    promiser = OrganisationFactory()
    with pytest.raises(AgreementWithOneself):
        sign(promiser, counterpart_id=promiser.pk)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (START - datetime.timedelta(days=1), False),
        (START, True),
        (END, True),
        (END + datetime.timedelta(days=1), False),
    ],
)
def test_in_force_includes_both_bounds(on, expected):
    agreement = sign()
    commitment = agreement.commitments.get()

    assert queries.in_force("third_party", agreement.promiser_id, on=on).exists() is expected
    assert queries.is_in_force(agreement.pk, on=on) is expected
    assert (queries.commitment_in_force(commitment.pk, on) == commitment) is expected


def test_in_force_keeps_the_counterpart_and_those_open_to_all():
    us, other = OrganisationFactory(), OrganisationFactory()
    with_us, to_all = sign(counterpart_id=us.pk), sign()
    sign(counterpart_id=other.pk)

    assert set(queries.in_force(on=START, counterpart_id=us.pk)) == {with_us, to_all}


def test_commitments_in_force_are_those_of_the_operator_or_of_all():
    sign()
    to_all = sign(commitments=[Promise("Tout", rate_ppm=1)]).commitments.get()

    us = OrganisationFactory().pk

    def usable(**choice):
        return list(
            queries.commitments_in_force("third_party", on=START, counterpart_id=us, **choice)
        )

    assert usable() == [to_all]
    assert len(usable(operator_key="caf")) == 2


def test_commitments_in_force_are_those_of_the_organisation_or_open_to_all():
    us, other = OrganisationFactory(), OrganisationFactory()
    to_all = [Promise("Tout", rate_ppm=1)]
    ours = sign(counterpart_id=us.pk, commitments=to_all).commitments.get()
    sign(counterpart_id=other.pk, commitments=to_all)
    everyones = sign(commitments=to_all).commitments.get()

    found = queries.commitments_in_force("third_party", on=START, counterpart_id=us.pk)

    assert list(found) == [ours, everyones]


def test_end_makes_a_day_the_last():
    agreement = sign(ends_on=None)

    services.end(agreement=agreement, on=END, at=AT, actor="user:1")
    later = services.end(
        agreement=agreement, on=END + datetime.timedelta(days=9), at=AT, actor="user:1"
    )

    assert later.ends_on == END
    with pytest.raises(AgreementDatesReversed):
        services.end(agreement=agreement, on=datetime.date(2025, 1, 1), at=AT, actor="user:1")
