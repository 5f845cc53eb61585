"""Prices seen outside, ceilings, and prices charged inside without anybody's identity."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from filiere.accounts.models import OrganisationKind
from filiere.billing import errors, services
from filiere.billing.models import ObservedPrice, PriceCeiling
from filiere.billing.queries import observed
from filiere.kernel.errors import NotFound
from filiere.kernel.models import AuditEntry
from filiere.territories.models import Kind
from tests.agenda.factories import CommuneFactory
from tests.billing.factories import world
from tests.conftest import AT

pytestmark = pytest.mark.django_db

TODAY = AT.date()
CAR = "vehicle_registration"
PAGE = "https://carte-grise.example/tarifs"


def seen(commune, **fields):
    return services.PriceSeen(
        **{
            "procedure": CAR, "seller_kind": "shop", "price_cents": 2990, "seen_on": TODAY,
            "seen_how": "on_site", "territory_id": commune.pk if commune else None,
        }
        | fields
    )  # fmt: skip


def note(commune, *, confirmed=False, **fields):
    price = services.note_price(seen(commune, **fields), at=AT, actor="test")
    if confirmed:
        services.confirm_price(price_id=price.pk, at=AT, actor="steward")
    return price


def ceiling(cents, territory=None, *, from_on=TODAY, procedure=CAR):
    return services.set_ceiling(
        procedure=procedure, ceiling_cents=cents, source="Délibération du 3 mars 2026",
        from_on=from_on, territory_id=territory.pk if territory else None, at=AT, actor="steward",
    )  # fmt: skip


def test_attack_94_a_price_seen_waits_for_a_steward_before_it_is_published():
    price = note(CommuneFactory())
    assert price.state == "noted"
    assert price.is_commercial
    assert list(observed.published_prices(on=TODAY)) == []
    assert list(observed.prices_to_read()) == [price]

    services.confirm_price(price_id=price.pk, at=AT, actor="steward")

    assert list(observed.published_prices(on=TODAY, procedure=CAR)) == [price]
    assert list(observed.prices_to_read()) == []
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "billing.price_noted",
        "billing.price_confirmed",
    ]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"procedure": "barber"}, errors.ProcedureUnknown),
        ({"seller_kind": "bank"}, errors.ObservedPriceNotPossible),
        ({"seen_how": "dreamt"}, errors.ObservedPriceNotPossible),
        ({"price_cents": -1}, errors.ObservedPriceNotPossible),
        ({"price_cents": 200_001}, errors.ObservedPriceNotPossible),
        ({"seen_on": TODAY + datetime.timedelta(days=1)}, errors.ObservedPriceNotPossible),
        ({"territory_id": None}, errors.ObservedPriceNowhere),
        ({"seen_how": "link"}, errors.ObservedPriceWithoutSource),
        ({"source_url": PAGE}, errors.ObservedPriceWithoutSource),
        ({"seen_how": "link", "source_url": "javascript:x"}, errors.ObservedPriceWithoutSource),
        ({"seen_how": "link", "source_url": "https://[x"}, errors.ObservedPriceWithoutSource),
    ],
)
def test_note_price_refuses_what_cannot_be(fields, refusal):
    with pytest.raises(refusal):
        note(CommuneFactory(), **fields)
    assert not ObservedPrice.objects.exists()


def test_attack_94_one_price_noted_twice_is_kept_once_and_another_seller_is_another():
    commune = CommuneFactory()
    note(commune)
    with pytest.raises(errors.ObservedPriceKnown):
        note(commune)
    note(commune, seller_name="Garage du Pont")
    assert ObservedPrice.objects.count() == 2


def test_note_price_of_a_website_may_be_nowhere_and_only_once():
    note(None, seller_kind="website", seen_how="link", source_url=PAGE)
    with pytest.raises(errors.ObservedPriceKnown):
        note(None, seller_kind="website", seen_how="link", source_url=PAGE)


def test_set_price_aside_says_why_and_takes_back_what_was_published():
    price = note(CommuneFactory(), confirmed=True)
    with pytest.raises(errors.SetAsideReasonMissing):
        services.set_price_aside(price_id=price.pk, reason=" ", at=AT, actor="steward")
    services.set_price_aside(price_id=price.pk, reason="Taxe comprise", at=AT, actor="steward")
    assert list(observed.published_prices(on=TODAY)) == []
    for again in (
        lambda: services.set_price_aside(price_id=price.pk, reason="x", at=AT, actor="s"),
        lambda: services.confirm_price(price_id=price.pk, at=AT, actor="s"),
    ):
        with pytest.raises(errors.ObservedPriceDecided):
            again()


def test_confirm_price_refuses_a_second_time_and_what_is_not_there():
    price = note(CommuneFactory(), confirmed=True)
    with pytest.raises(errors.ObservedPriceDecided):
        services.confirm_price(price_id=price.pk, at=AT, actor="s")
    with pytest.raises(NotFound):
        services.confirm_price(price_id=0, at=AT, actor="s")


def test_the_database_refuses_a_decision_without_signature():
    price = note(CommuneFactory())
    with pytest.raises(IntegrityError, match="decision_is_signed"), transaction.atomic():
        ObservedPrice.objects.filter(pk=price.pk).update(state="confirmed")


def test_published_prices_forgets_after_two_years():
    commune = CommuneFactory()
    note(commune, confirmed=True, seen_on=TODAY - datetime.timedelta(days=740))
    recent = note(commune, confirmed=True, seen_on=TODAY - datetime.timedelta(days=700))
    assert list(observed.published_prices(on=TODAY)) == [recent]


def test_judged_takes_the_ceiling_nearest_to_where_the_price_was_seen():
    creuse = CommuneFactory(kind=Kind.DEPARTEMENT, code="23x")
    here, other = CommuneFactory(departement=creuse), CommuneFactory()
    ceiling(5_000)
    of_creuse = ceiling(2_000, creuse)
    far = note(other, confirmed=True)
    near = note(here, confirmed=True)
    found = observed.judged([near, far], observed.ceilings(on=TODAY, procedure=CAR))
    assert [(one.ceiling.ceiling_cents, one.over_cents) for one in found] == [
        (2_000, 990),
        (5_000, None),
    ]
    services.end_ceiling(ceiling_id=of_creuse.pk, on=TODAY, at=AT, actor="steward")
    tomorrow = TODAY + datetime.timedelta(days=1)
    later = observed.judged([near], observed.ceilings(on=tomorrow))
    assert (later[0].ceiling.ceiling_cents, later[0].over_cents) == (5_000, None)


def test_a_price_at_the_ceiling_is_not_above_it():
    ceiling(2_990)
    assert (
        observed.judged([note(CommuneFactory())], observed.ceilings(on=TODAY))[0].over_cents is None
    )


def test_set_ceiling_refuses_two_the_same_day_no_source_and_no_procedure():
    ceiling(2_000)
    with pytest.raises(errors.CeilingKnown):
        ceiling(1_000)
    with pytest.raises(errors.ProcedureUnknown):
        ceiling(1_000, procedure="barber")
    with pytest.raises(errors.CeilingNotPossible):
        services.set_ceiling(
            procedure=CAR, ceiling_cents=1, source=" ", from_on=TODAY, territory_id=None, at=AT,
            actor="s",
        )  # fmt: skip
    assert PriceCeiling.objects.count() == 1


def test_set_ceiling_again_later_replaces_the_former_from_that_day():
    ceiling(2_000, from_on=TODAY - datetime.timedelta(days=9))
    ceiling(1_500, from_on=TODAY)
    assert [one.ceiling_cents for one in observed.ceilings(on=TODAY)] == [1_500]
    yesterday = TODAY - datetime.timedelta(days=1)
    assert [one.ceiling_cents for one in observed.ceilings(on=yesterday)] == [2_000]


def test_end_ceiling_twice_ends_once_and_never_before_it_begins():
    made = ceiling(2_000)
    with pytest.raises(errors.CeilingNotPossible):
        services.end_ceiling(
            ceiling_id=made.pk, on=TODAY - datetime.timedelta(days=1), at=AT, actor="s"
        )
    services.end_ceiling(ceiling_id=made.pk, on=TODAY, at=AT, actor="s")
    again = services.end_ceiling(
        ceiling_id=made.pk, on=TODAY + datetime.timedelta(days=5), at=AT, actor="s"
    )
    assert again.until_on == TODAY


def test_prices_by_kind_counts_what_is_above_the_ceiling():
    ceiling(3_000)
    commune = CommuneFactory()
    for cents in (1_990, 2_990, 3_990, 4_990):
        note(commune, confirmed=True, price_cents=cents)
    note(commune, confirmed=True, seller_kind="public", price_cents=0)
    found = observed.prices_by_kind(
        observed.judged(observed.published_prices(on=TODAY), observed.ceilings(on=TODAY))
    )
    assert [(one.kind, one.spread.count, one.spread.median_cents, one.over) for one in found] == [
        ("public", 1, 0, 0),
        ("shop", 4, 3_490, 2),
    ]


SHEET = """demarche;type_de_lieu;vendeur;prix;territoire;date;lien;vu
Faire une carte grise;garage;Garage du Pont;29,90 €;{code};2026-11-02;;
vehicle_registration;site privé;;39.90;;03/11/2026;https://carte-grise.example/tarifs;
Faire une carte grise;lieu public;;gratuit;{code};2026-11-02;;sur place
"""


def test_note_price_sheet_reads_what_people_write_and_a_second_time_notes_nothing():
    commune = CommuneFactory()
    content = SHEET.format(code=commune.code).encode()
    first = services.note_price_sheet(content=content, name="prix.csv", at=AT, actor="test")
    assert (first.noted, first.known, first.wrong) == (3, 0, ())
    assert list(
        ObservedPrice.objects.order_by("price_cents").values_list(
            "seller_kind", "price_cents", "seen_how", "territory"
        )
    ) == [
        ("public", 0, "on_site", commune.pk),
        ("shop", 2_990, "on_site", commune.pk),
        ("website", 3_990, "link", None),
    ]
    again = services.note_price_sheet(content=content, name="prix.csv", at=AT, actor="test")
    assert (again.noted, again.known) == (0, 3)


def test_note_price_sheet_writes_nothing_when_one_line_is_wrong_and_says_every_fault():
    commune = CommuneFactory()
    content = SHEET.format(code=commune.code) + (
        "Faire une carte grise;banque;;1;;2026-11-02;;\n"
        "Faire une carte grise;garage;;cher;;2026-11-02;;\n"
        "Faire une carte grise;garage;;1;;hier;;\n"
        "Faire une carte grise;garage;;1;00000;2026-11-02;;\n"
        "Faire une carte grise;garage;;1;;2026-11-02;;\n"
        "Couper les cheveux;garage;;1;;2026-11-02;;\n"
        "Faire une carte grise;garage\n"
        "Faire une carte grise;garage;;1e999999;;2026-11-02;;\n"
        "Faire une carte grise;garage;;1;;1/1/99999999999999999999;;\n"
    )
    report = services.note_price_sheet(
        content=content.encode(), name="prix.csv", at=AT, actor="test"
    )
    assert [(line.number, line.problem) for line in report.wrong] == [
        (5, "kind"), (6, "price"), (7, "day"), (8, "place"), (9, ""), (10, ""), (11, "cells"),
        (12, "price"), (13, "day"),
    ]  # fmt: skip
    refused = [type(line.refusal) for line in report.wrong if line.refusal]
    assert refused == [errors.ObservedPriceNowhere, errors.ProcedureUnknown]
    assert not ObservedPrice.objects.exists()


def test_note_price_sheet_names_the_column_that_is_missing():
    report = services.note_price_sheet(
        content=b"demarche;prix\nx;1\n", name="x.csv", at=AT, actor="test"
    )
    assert [(line.number, line.problem) for line in report.wrong] == [(1, "column:type_de_lieu")]


def test_charged_prices_tells_a_group_of_five_people_and_no_smaller_one():
    here = world(price=3_000)
    here.provider.kind = OrganisationKind.COMMUNE
    here.provider.save()
    later = datetime.date(2026, 12, 24)
    for _one in range(4):
        here.split(procedure=CAR)
    assert observed.charged_prices(CAR, on=later) == []
    assert observed.sessions_of_procedure(CAR, None, on=later) is None

    here.split(procedure=CAR)

    [told] = observed.charged_prices(CAR, on=later)
    assert (told.kind, told.persons, told.spread.median_cents) == ("public", 5, 3_000)
    assert told.person_median_cents == 3_000
    assert observed.sessions_of_procedure(CAR, here.commune, on=later) == 5
    assert observed.sessions_of_procedure(CAR, CommuneFactory(), on=later) is None
    assert observed.charged_prices("tax_return", on=later) == []


def test_attack_76_sessions_of_an_epci_less_those_of_a_commune_tell_nobody():
    epci = CommuneFactory(kind=Kind.EPCI, code="200000001")
    large, small = world(price=3_000), world(price=3_000)
    for here, people in ((large, 7), (small, 2)):
        here.commune.epci = epci
        here.commune.save()
        for _one in range(people):
            here.split(procedure=CAR)
    later = datetime.date(2026, 12, 24)

    told = [
        observed.sessions_of_procedure(CAR, where, on=later)
        for where in (epci, large.commune, small.commune, None)
    ]

    assert told == [5, 5, None, 5]


def test_charged_prices_leaves_out_a_price_nobody_stated():
    here = world(price=None)
    for _one in range(5):
        here.charge(procedure=CAR)
    assert observed.charged_prices(CAR, on=datetime.date(2026, 12, 24)) == []
