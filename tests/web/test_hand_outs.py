"""A prescriber hands out one voucher, and replaces one that was lost."""

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.persons import queries as persons
from filiere.vouchers import queries, services
from filiere.vouchers.models import Voucher, VoucherState
from filiere.web.forms.serials import SerialField
from tests.programmes.factories import AT
from tests.vouchers.factories import active, person
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def kept():
    """Four vouchers entrusted to an organisation, and one of its prescribers."""
    scene = active(count=4)
    return scene, signed_in(Role.PRESCRIBER, scene.provider)


def given(scene, number=0):
    issued = scene.issued[number]
    services.hand_out(
        voucher_serial=issued.serial, person_id=person().pk, organisation_id=scene.provider.pk,
        at=AT, actor="test",
    )  # fmt: skip
    return issued


def body(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("typed", ["1204", "1 204", "1\u202f204", "n° 1\u00a0204", "No. 1204"])
def test_serial_field_reads_a_number_as_it_is_printed(typed):
    assert SerialField().clean(typed) == 1204


def test_one_hands_a_voucher_to_someone_new(kept):
    scene, client = kept
    serial = scene.issued[0].serial
    typed = {"serial": f" n° {serial}", "birth_year": "1951", "name": "Odile", "agrees": "on"}

    answer = client.post(reverse("hand_out"), typed, follow=True)

    voucher = Voucher.objects.get(serial=serial)
    assert f"Voucher no. {serial} is handed out." in body(answer)
    assert (voucher.state, voucher.handed_out_by) == (VoucherState.HANDED_OUT, scene.provider)
    names = persons.name_of([voucher.holder_id], reader="test", at=AT)
    assert list(names.values()) == ["Odile"]


def test_one_twice_is_told_and_opens_no_second_file(kept):
    scene, client = kept
    serial = given(scene).serial
    before = Voucher.objects.get(serial=serial).holder_id

    answer = client.post(reverse("hand_out"), {"serial": serial, "birth_year": "1960"})

    assert answer.status_code == 422
    assert 'value="1960"' in body(answer)
    assert Voucher.objects.get(serial=serial).holder_id == before


def test_one_keeps_no_name_without_agreement(kept):
    scene, client = kept
    typed = {"serial": scene.issued[0].serial, "name": "Odile"}

    assert client.post(reverse("hand_out"), typed).status_code == 422
    assert queries.funnel(scene.lot).handed_out.vouchers == 0
    assert signed_in(Role.MEDIATOR).get(reverse("hand_out")).status_code == 403


def test_lost_gives_a_new_voucher_whose_letter_is_ready(kept):
    scene, client = kept
    lost = given(scene)
    address = reverse("voucher_lost", args=[lost.serial])
    assert address in body(client.get(reverse("booklets")))
    assert heading(client.get(address)) == f"Is voucher no. {lost.serial} lost?"

    answer = client.post(address, follow=True)

    heir = Voucher.objects.get(replaces__serial=lost.serial)
    assert f"Voucher no. {heir.serial} takes its place." in body(answer)
    assert reverse("voucher_letter", args=[heir.serial]) in body(answer)
    assert reverse("voucher_lost", args=[lost.serial]) not in body(answer)
    again = client.post(address)
    assert again.status_code == 422
    assert Voucher.objects.filter(lot=scene.lot, replaces__isnull=False).count() == 1


def test_lost_is_for_who_handed_it_out(kept):
    scene, client = kept
    lost = given(scene)

    stranger = signed_in(Role.PRESCRIBER)
    assert stranger.post(reverse("voucher_lost", args=[lost.serial])).status_code == 403
    unknown = reverse("voucher_lost", args=[scene.issued[1].serial])
    assert client.post(unknown).status_code == 404
    assert not Voucher.objects.filter(replaces__isnull=False).exists()


def test_booklets_finds_one_voucher_by_its_number(kept):
    scene, client = kept
    first, second = given(scene), given(scene, 1)
    letter = "voucher_letter"

    found = body(client.get(reverse("booklets"), {"numero": str(second.serial)}))
    assert reverse(letter, args=[second.serial]) in found
    assert reverse(letter, args=[first.serial]) not in found
    none = body(client.get(reverse("booklets"), {"numero": "999 999"}))
    assert "Your organisation did not hand out no. 999999" in none


def test_keepers_of_counts_the_heir_in_place_of_the_lost(kept):
    scene, _client = kept
    services.declare_lost(serial=given(scene).serial, at=AT, actor="test")

    (keeper,) = queries.keepers_of(scene.lot)

    assert (keeper.vouchers, keeper.handed_out, keeper.used) == (4, 1, 0)
