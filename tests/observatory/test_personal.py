"""Everything held on one person, and nothing of anybody else."""

import json
import stat
import uuid

import pytest
from django.apps import apps
from django.core.management import call_command

from filiere.agenda.models import Registration
from filiere.billing import services as billing
from filiere.billing.services import tills
from filiere.kernel.models import AuditEntry
from filiere.observatory import personal
from filiere.persons import services as persons
from filiere.rules import parameters
from tests.agenda.factories import new_person
from tests.billing.factories import AT, lot_for
from tests.billing.test_packages import JANUARY
from tests.billing.test_tills import opened, town

pytestmark = pytest.mark.django_db


def helped():
    """One person of a town hall: a package paid at the till, then a session taken from it."""
    here = town(price=None)
    billing.set_price(
        offer_id=here.offer.pk, kind="pack", amount_cents=5_000, from_on=JANUARY, actor="t", at=AT,
        package=billing.Package(valid_days=90, sessions=5),
    )  # fmt: skip
    opened(here)
    person = new_person(commune_id=here.commune.pk)
    charge = here.split(person=person)
    tills.record_receipt(charge=charge, means="cash", at=AT, actor="user:1")
    here.charge(person=person)
    return here, person


def given(person):
    return personal.export_person(person, at=AT, reader="user:1")


def test_export_person_tells_sessions_packages_and_the_till():
    _here, person = helped()
    found = given(person)
    first, second = found["sessions"]
    assert first["paid"]["left_for_you_cents"] == 5_000
    assert second["paid"]["price_cents"] == 0
    (package,) = found["packages"]
    assert package["sessions_left"] == 3
    assert sorted(package["sessions"]) == sorted([first["reference"], second["reference"]])
    (receipt,) = found["till_receipts"]
    assert (receipt["number"], receipt["amount_cents"], receipt["means"]) == (1, 5_000, "cash")
    assert receipt["session"] == first["reference"]


def test_export_person_names_vouchers_by_number_and_no_code():
    here = town(price=1_000)
    lot = lot_for(here, face=1_000)
    person = new_person(commune_id=here.commune.pk)
    here.split(lot.issued[0].code, person=person)
    (session,) = given(person)["sessions"]
    assert "n" in session["paid"]["paid_by"][0]["label"]
    assert lot.issued[0].code not in json.dumps(given(person))


def test_attack_90_the_data_of_a_person_holds_nothing_of_others():
    here, person = helped()
    other = here.split().registration.ref
    assert other not in json.dumps(given(person))


def test_export_person_unknown_is_empty_and_the_reading_is_audited():
    assert given(uuid.uuid4()) == {}
    _here, person = helped()
    given(person)
    found = AuditEntry.objects.filter(action="persons.exported", subject=f"person:{person}")
    assert found.get().actor == "user:1"


def test_export_person_knows_every_table_that_names_a_person():
    naming = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.many_to_one or field.one_to_one
        if field.concrete and field.related_model._meta.label == "persons.Person"
    }
    assert naming == set(personal.HELD)
    assert set(personal.HELD.values()) <= {"person", *personal.PARTS}


def test_export_person_is_as_many_queries_for_packages_and_receipts_of_one_year(
    django_assert_max_num_queries,
):
    _here, person = helped()
    with django_assert_max_num_queries(45):
        given(person)


def test_accounts_are_kept_ten_years_and_without_a_name_once_the_file_is_erased():
    _here, person = helped()
    before = given(person)
    persons.erase(person_id=person, at=AT, actor="user:1")
    after = given(person)
    assert after["person"]["name"] is None
    assert after["person"]["commune"] is None
    for part in ("till_receipts", "packages", "invoices"):
        assert after[part] == before[part]
    assert after["kept"]["accounting_years"] == 10
    assert parameters.whole("retention.accounting_years", AT.date()) == 10
    assert after["kept"]["accounting_holds_a_name"] is False


def test_export_person_command_writes_a_private_file_once(tmp_path, capsys):
    _here, person = helped()
    ref = Registration.objects.filter(person=person).first().ref
    file = tmp_path / "donnees.json"
    call_command("export_person", ref, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(json.loads(file.read_text())["sessions"]) == 2
    assert ref not in capsys.readouterr().out
    with pytest.raises(SystemExit, match="cannot be written"):
        call_command("export_person", ref, file)
    with pytest.raises(SystemExit, match="No session bears"):
        call_command("export_person", "ZZ-0000-0000", tmp_path / "x.json")
