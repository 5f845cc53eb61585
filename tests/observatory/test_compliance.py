"""The real figures of an organisation beside the thresholds of the law."""

import datetime
from dataclasses import replace

import pytest

from filiere.accounts.models import OrganisationKind
from filiere.agreements.models import Agreement, AgreementKind
from filiere.billing import services as billing
from filiere.observatory.compliance import (
    aid_to_declare,
    compliance_of,
    endings_of,
    year_figures,
)
from filiere.projects import services
from filiere.rules.aid_regimes import register_rows
from filiere.rules.compliance import Figure, Level
from tests.agenda.factories import OrganisationFactory
from tests.billing.factories import world
from tests.conftest import AT
from tests.projects.factories import asked, granted, pay, project

pytestmark = pytest.mark.django_db
TODAY = AT.date()


@pytest.fixture
def association():
    return OrganisationFactory(kind=OrganisationKind.ASSOCIATION, siret="13002526500013")


def aid(to, cents, on=TODAY, regime="de_minimis"):
    return services.record_aid(
        organisation_id=to.pk, grantor_name="Région", granted_on=on, gross_cents=cents,
        regime=regime, actor="user:1", at=AT,
    )  # fmt: skip


def level(found, key):
    return next(one for one in found.watched if one.key == key).level


def test_year_figures_count_sessions_of_the_civil_year_refunds_left_out():
    chain = world(price=3000)
    chain.split()
    chain.split(on=datetime.date(2026, 1, 1))
    older = chain.split(on=datetime.date(2026, 2, 2))
    new_year = datetime.datetime(2025, 12, 31, 22, 59, tzinfo=datetime.UTC)
    type(older).objects.filter(pk=older.pk).update(raised_at=new_year)
    billing.refund_charge(charge=chain.split(), reason="Annulée", at=AT, actor="test")
    found = year_figures(chain.provider.pk, on=TODAY)
    assert (found.year, found.sold_cents, found.sold_before_cents) == (2026, 6000, 3000)
    assert year_figures(OrganisationFactory().pk, on=TODAY).sold_cents == 0


def test_year_figures_add_what_one_authority_granted_and_what_was_paid(association):
    file = project(carrier_id=association.pk)
    town = granted(file, 1_500_000, funder_name="Ville", kind="commune")
    granted(file, 900_000, funder_name="Ville", kind="commune")
    granted(file, 2_000_000, funder_name="Fondation du fil", kind="foundation")
    asked(file, 9_000_000, funder_name="Région", kind="region")
    pay(town, 700_000)
    pay(town, 100_000, key="avant", received_on=datetime.date(2025, 12, 31))
    found = year_figures(association.pk, on=TODAY)
    assert (found.largest_funder, found.largest_granted_cents) == ("Ville", 2_400_000)
    assert found.subsidies_paid_cents == 700_000


def test_compliance_warns_from_four_fifths_and_says_when_crossed(association):
    file = project(carrier_id=association.pk)
    granted(file, 1_839_999, funder_name="Ville", kind="commune")
    assert level(compliance_of(association, on=TODAY), Figure.SUBSIDY_OF_ONE) == Level.FAR
    granted(file, 1, funder_name="Ville", kind="commune")
    assert level(compliance_of(association, on=TODAY), Figure.SUBSIDY_OF_ONE) == Level.NEAR
    granted(file, 460_000, funder_name="Ville", kind="commune")
    assert level(compliance_of(association, on=TODAY), Figure.SUBSIDY_OF_ONE) == Level.NEAR
    granted(file, 1, funder_name="Ville", kind="commune")
    found = compliance_of(association, on=TODAY)
    assert level(found, Figure.SUBSIDY_OF_ONE) == Level.ABOVE
    assert found.watched[0].key == Figure.SUBSIDY_OF_ONE
    assert found.watched[0].left_cents == -1


def test_compliance_counts_what_was_sold_elsewhere(association):
    found = compliance_of(association, on=TODAY, elsewhere_cents=8_001_101)
    receipts = next(one for one in found.watched if one.key == Figure.LUCRATIVE_RECEIPTS)
    assert (receipts.level, receipts.amount_cents) == (Level.ABOVE, 8_001_101)
    assert receipts.is_to_verify
    signed = compliance_of(
        association, on=TODAY, verified=frozenset({"association.franchise_cents@2026"})
    )
    assert not next(
        one for one in signed.watched if one.key == Figure.LUCRATIVE_RECEIPTS
    ).is_to_verify


@pytest.mark.parametrize(
    ("kind", "watched"),
    [
        (OrganisationKind.ASSOCIATION, 7),
        (OrganisationKind.FOUNDATION, 7),
        (OrganisationKind.COMPANY, 4),
        (OrganisationKind.COMMUNE, 2),
        (OrganisationKind.STATE, 2),
    ],
)
def test_compliance_watches_what_concerns_the_legal_form(kind, watched):
    found = compliance_of(OrganisationFactory(kind=kind), on=TODAY)
    assert len(found.watched) == watched
    assert {one.level for one in found.watched} <= {Level.FAR}


def test_small_aid_of_linked_bodies_counts_and_leaves_after_three_years(association):
    sister = OrganisationFactory(kind=OrganisationKind.ASSOCIATION)
    for one in (association, sister):
        services.join_undertaking(
            organisation_id=one.pk, name="Groupe", from_on=datetime.date(2020, 1, 1),
            actor="user:1", at=AT,
        )  # fmt: skip
    aid(association, 10_000_000)
    aid(sister, 15_000_000)
    aid(sister, 5_000_000, on=TODAY.replace(year=TODAY.year - 3))
    found = compliance_of(association, on=TODAY)
    room = found.headrooms[0]
    assert (room.used_cents, room.free_cents) == (25_000_000, 5_000_000)
    assert level(found, "de_minimis.ceiling_cents") == Level.NEAR


def test_aid_to_declare_is_named_by_number_and_begins_with_the_register(association):
    aid(association, 1_000_050, on=datetime.date(2026, 3, 1))
    aid(association, 7, on=datetime.date(2025, 12, 31))
    rows = register_rows(aid_to_declare(association), TODAY)
    assert rows == (("13002526500013", "10000.50", "2026-03-01", "Région", "", "", "2023/2831"),)


def test_endings_are_told_six_months_before(association):
    def agreed(title, ends_on, **more):
        return Agreement.objects.create(
            **{
                "kind": AgreementKind.PARTNERSHIP, "title": title, "promiser": association,
                "starts_on": datetime.date(2026, 1, 1), "ends_on": ends_on, "signed_at": AT,
            }
            | more
        )  # fmt: skip

    agreed("Bientôt", TODAY + datetime.timedelta(days=180))
    agreed("Plus tard", TODAY + datetime.timedelta(days=181))
    agreed("Jamais signé", TODAY + datetime.timedelta(days=10), signed_at=None)
    agreed("Fini", TODAY - datetime.timedelta(days=1))
    soon = project(
        carrier_id=association.pk, title="Camion", starts_on=datetime.date(2025, 1, 1),
        ends_on=TODAY + datetime.timedelta(days=30),
    )  # fmt: skip
    assert [one.title for one in endings_of(association.pk, on=TODAY)] == ["Bientôt"]
    granted(soon, 500_000)
    found = endings_of(association.pk, on=TODAY)
    assert [(one.title, one.amount_cents) for one in found] == [
        ("Camion", 500_000), ("Bientôt", None),
    ]  # fmt: skip
    assert replace(found[0], title="x").project_id == soon.pk


def test_compliance_of_is_few_queries(association, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        compliance_of(association, on=TODAY)
