import pytest
from django.urls import reverse

from filiere.vouchers.models import Movement, PinAttempt
from filiere.vouchers.secret import pin_of
from tests.agenda.factories import AT
from tests.api.scenes import delivered, shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    import time_machine

    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def at_counter():
    made = shop(starts_at=AT)
    address = reverse("counter", args=[delivered(made)])
    return made, address


def test_counter_takes_the_number_and_the_short_code(at_counter):
    made, address = at_counter
    issued = made.vouchers.issued[0]

    answer = made.mediator.client.post(
        address, {"serial": issued.serial, "pin": pin_of(issued.code).lower()}
    )

    assert (answer.status_code, answer.url) == (302, address.replace("encaisser", "recu"))
    assert Movement.objects.get().channel == "serial_pin"
    assert Movement.objects.get().place_id is not None
    assert not PinAttempt.objects.exists()


def test_counter_says_a_wrong_short_code_out_loud_and_counts_it(at_counter):
    made, address = at_counter
    issued = made.vouchers.issued[0]

    answer = made.mediator.client.post(
        address, {"serial": issued.serial, "pin": "00000000"}, headers={"accept-language": "fr"}
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Le numéro et le code court ne vont pas ensemble." in page
    assert "J’ai dû mal lire le chèque." in page
    assert PinAttempt.objects.get().attempts == 1


def test_counter_keeps_what_was_typed_when_the_number_is_missing(at_counter):
    made, address = at_counter

    answer = made.mediator.client.post(address, {"serial": "", "pin": "ABCD 1234"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<details" in page
    assert 'value="ABCD 1234"' in page
