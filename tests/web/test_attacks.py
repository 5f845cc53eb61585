"""What somebody who wishes harm, or is only in a hurry, may send."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from filiere.accounts.models import Membership, Organisation
from filiere.kernel.permissions import allowed
from filiere.orientation.models import Referral
from filiere.territories.models import Territory
from tests.agenda.factories import AT, UserFactory, hours
from tests.api.conftest import Caller, signed_in
from tests.api.scenes import booked, delivered, shop

pytestmark = [pytest.mark.django_db]
NUL = "\x00"


@pytest.fixture(autouse=True)
def _clock():
    import time_machine

    with time_machine.travel(AT, tick=False):
        yield


class _Broken:
    """A pace that ends after the last day a database knows."""

    most = 1
    window = datetime.timedelta.max


def wish(made, **more):
    commune = Territory.objects.get(pk=made.vouchers.commune.pk)
    return {
        "need": "procedure",
        "commune": commune.name,
        "offer": [made.offer.pk],
        "send": "yes",
        "key": "7d2f4f2c-6f0e-4a7e-9d0f-6e8b9f6f5a11",
    } | more


def send(sender, made, **more):
    return sender.client.post(reverse("referral_new"), wish(made, **more))


def test_new_sends_one_referral_when_the_button_is_pressed_twice():
    made, sender = shop(starts_at=AT + hours(24)), signed_in("prescriber")

    first, second = send(sender, made), send(sender, made)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert Referral.objects.count() == 1


def test_new_refuses_another_request_on_a_page_already_sent():
    made, sender = shop(starts_at=AT + hours(24)), signed_in("prescriber")
    send(sender, made)

    other = send(sender, made, birth_year=1950)

    assert other.status_code == 422
    assert "already sent" in other.content.decode()
    assert Referral.objects.count() == 1


def test_new_gives_each_empty_page_its_own_key():
    sender = signed_in("prescriber")
    keys = {
        str(sender.client.get(reverse("referral_new")).context["form"]["key"].value())
        for _page in range(2)
    }

    assert len(keys) == 2


@pytest.mark.parametrize("offer", ["²", "9" * 30, "-1", NUL])
def test_new_reads_no_offer_in_what_is_no_number(offer):
    made, sender = shop(starts_at=AT + hours(24)), signed_in("prescriber")

    assert send(sender, made, offer=[offer]).status_code == 200
    assert not Referral.objects.exists()


def test_referral_hides_the_name_from_a_place_that_refused():
    made, sender = shop(starts_at=AT + hours(24)), signed_in("prescriber")
    page = send(sender, made, name="Odile <b>Martin</b>", keep_identity="on").url
    attempt = Referral.objects.get().attempts.get().pk
    assert "Odile &lt;b&gt;Martin" in made.mediator.client.get(page).content.decode()

    made.mediator.client.post(reverse("referral_refuse", args=[attempt]), {"reason": "full"})

    told = made.mediator.client.get(page)
    assert told.status_code == 200
    assert "Odile" not in told.content.decode()
    assert "Odile" in sender.client.get(page).content.decode()


def test_a_role_held_elsewhere_opens_nothing_here():
    made = shop()
    ref, place = delivered(made), made.offer.place
    user = UserFactory()
    here = Organisation.objects.get(pk=place.organisation_id)
    Membership.objects.create(user=user, organisation=here, role="carrier")
    stranger = signed_in("mediator", user=user)

    assert not allowed(user, "agenda.publish_slots", place)
    assert stranger.client.get(reverse("counter", args=[ref])).status_code == 403
    assert stranger.client.get(reverse("payables"), {"organisation": here.pk}).status_code == 403


def test_pages_of_someone_signed_in_stay_in_no_cache():
    operator = signed_in("operator")

    for address in (reverse("batches"), reverse("home"), "/api/v1/batches"):
        assert operator.client.get(address).headers["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in Client().get(reverse("home")).headers


def test_pages_of_an_appointment_stay_in_no_cache():
    from filiere.web.bookings import url_of

    made = shop(starts_at=AT + hours(24))
    ref = booked(made)
    pages = [url_of(name, ref) for name in ("booked", "booked_sheet", "booked_cancel")]

    for address in [*pages, reverse("book", args=[made.slot.pk])]:
        answer = Client().get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store, private"


def test_an_appointment_opens_only_with_its_own_signature():
    from filiere.web.bookings import token_of

    made = shop(starts_at=AT + hours(24))
    mine, other = booked(made), booked(made)

    for token in (token_of(other), token_of(mine)[:-1], "", "é"):
        for name in ("", "/feuille", "/annuler"):
            address = f"/rendez-vous/{mine}/{token}{name}"
            assert Client().get(address).status_code == 404
            assert Client().post(f"/rendez-vous/{mine}/{token}/annuler").status_code == 404


def test_book_refuses_one_address_that_takes_every_seat():
    from filiere.orientation.self_booking import new_token

    made = shop(starts_at=AT + hours(24), seats=30)
    address = reverse("book", args=[made.slot.pk])
    answers = [Client().post(address, {"token": new_token()}) for _ in range(21)]

    assert [one.status_code for one in answers] == [302] * 20 + [429]
    assert made.slot.registrations.count() == 20
    assert answers[-1].headers["Retry-After"] == "3"
    assert "Trop d’essais en peu de temps" in answers[-1].content.decode()
    assert "429" in answers[-1].content.decode()


def test_book_is_closed_to_strangers_while_nothing_can_be_counted(monkeypatch):
    from filiere.orientation.self_booking import new_token
    from filiere.web import rates

    made = shop(starts_at=AT + hours(24), seats=2)
    monkeypatch.setattr(rates, "PACE", _Broken())

    answer = Client().post(reverse("book", args=[made.slot.pk]), {"token": new_token()})

    assert answer.status_code == 503
    assert "ne peut pas compter" in answer.content.decode()
    assert not made.slot.registrations.exists()
    assert made.mediator.client.post(
        reverse("book", args=[made.slot.pk]), {"token": new_token()}
    ).status_code == 302  # fmt: skip


def test_sign_in_and_lost_password_have_their_own_page_when_tried_too_often():
    for name, given, most in (
        ("account_login", {"login": "a@b.fr", "password": "x"}, 30),
        ("account_reset_password", {"email": "a@b.fr"}, 5),
    ):
        answers = [Client().post(reverse(name), given) for _ in range(most + 1)]

        assert answers[-1].status_code == 429, name
        assert answers[-1].headers["Retry-After"] == "60"
        assert "Trop d’essais en peu de temps" in answers[-1].content.decode()
        assert answers[0].status_code in (200, 302)


def test_idle_session_is_signed_out_and_told_why(settings):
    import time_machine

    sender = signed_in("prescriber")
    assert sender.client.get(reverse("referrals")).status_code == 200

    with time_machine.travel(AT + hours(0.4), tick=False):
        assert sender.client.get(reverse("referrals")).status_code == 200
    with time_machine.travel(AT + hours(0.8), tick=False):
        assert sender.client.get(reverse("referrals")).status_code == 200
    with time_machine.travel(AT + hours(1.4), tick=False):
        away = sender.client.get(reverse("referrals") + "?a=1")
        assert away.status_code == 302
        assert away.url == reverse("account_login") + "?pause=1&next=%2Forientations%3Fa%3D1"
        page = sender.client.get(away.url, headers={"accept-language": "fr"}).content.decode()
        assert "déconnecté après 30 minutes" in page
        assert sender.client.get(reverse("referrals")).status_code == 302


def test_idle_session_sends_nothing_and_tells_the_api_to_sign_in():
    import time_machine

    made, sender = shop(starts_at=AT + hours(24)), signed_in("prescriber")
    other = signed_in("prescriber")
    for one in (sender, other):
        one.client.get(reverse("referrals"))

    with time_machine.travel(AT + hours(1), tick=False):
        answer = send(sender, made)
        assert (answer.status_code, answer.url) == (302, reverse("account_login") + "?pause=1")
        assert other.get("referrals/sent")[0] == 401
    assert not Referral.objects.exists()


def test_role_without_the_right_reads_the_page_that_says_whom_to_ask():
    answer = signed_in("prescriber").client.get(reverse("batches"))

    assert answer.status_code == 403
    assert "This page is not open to your account" in answer.content.decode()


def test_object_of_others_is_refused_in_other_words():
    made = shop(starts_at=AT)
    answer = signed_in("mediator").client.get(reverse("counter", args=[booked(made)]))

    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.content.decode()


def test_book_again_after_going_back_shows_the_first_seat():
    from filiere.orientation.self_booking import new_token

    made, visitor = shop(starts_at=AT + hours(24), seats=5), Client()
    address = reverse("book", args=[made.slot.pk])
    taken = visitor.post(address, {"token": new_token()}).url

    again = visitor.get(address + "?besoin=procedure")
    assert taken in again.content.decode()
    assert "Vous avez déjà ce rendez-vous" in again.content.decode()
    assert "?besoin=procedure&amp;autre=1" in again.content.decode()
    assert 'name="token"' not in again.content.decode()
    assert 'name="token"' in visitor.get(address + "?autre=1").content.decode()
    assert 'name="token"' in Client().get(address).content.decode()

    visitor.post(taken + "/annuler")
    assert 'name="token"' in visitor.get(address).content.decode()


def test_book_gives_one_seat_to_a_form_sent_twice():
    made = shop(starts_at=AT + hours(24))
    address = reverse("book", args=[made.slot.pk])

    assert len({Client().post(address, {"token": "a" * 32}).url for _ in range(2)}) == 1
    assert made.slot.registrations.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "/lieux?page=²",
        f"/lieux?page={'9' * 30}",
        f"/rendez-vous/{'9' * 30}",
        "/versements?organisation=²",
        f"/versements?organisation={'9' * 30}",
        "/journee/0001-01-01",
        "/journee/9999-12-31",
        "/journee/2026-02-31",
    ],
)
def test_a_number_or_day_nobody_means_is_no_fault(address):
    mediator = shop().mediator

    assert mediator.client.get(address).status_code in (200, 404)


@pytest.mark.parametrize(
    ("name", "query"),
    [("places", "q"), ("results", "commune"), ("finder_commune", "commune"), ("board", "commune")],
)
def test_a_character_no_column_holds_is_a_bad_request(name, query):
    caller = signed_in("steward")

    assert caller.client.get(reverse(name), {query: f"a{NUL}"}).status_code in (200, 400)


def test_the_api_words_the_refusal_of_such_a_character():
    status, answer = Caller().get("places", q=NUL)

    assert (status, answer["code"]) == (422, "api.request_wrong")


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "javascript:x"])
def test_signing_in_and_changing_language_lead_nowhere_else(target):
    user = UserFactory()
    user.set_password("Un fil vert 2026")
    user.save()
    given = {"login": user.email, "password": "Un fil vert 2026", "next": target}

    assert Client().post(reverse("account_login"), given).url == reverse("desk")
    answer = Client().post(reverse("set_language"), {"language": "en", "next": target})
    assert answer.url == "/"


def test_a_lost_password_tells_nobody_which_addresses_exist():
    user = UserFactory()
    known, unknown = (
        Client().post(reverse("account_reset_password"), {"email": email})
        for email in (user.email, "nobody@example.org")
    )

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [letter.to for letter in mail.outbox] == [[user.email]]
    assert "://testserver/compte/mot-de-passe/" in mail.outbox[0].body


def test_forms_and_sessions_write_only_with_their_token():
    made = shop()
    ref = booked(made)
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        made.mediator.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    assert client.post(reverse("day_attend", args=[ref]), {"present": "yes"}).status_code == 403
    assert client.post(f"/api/v1/registrations/{ref}/pay").status_code == 403
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 403


def test_another_host_or_frame_gets_nothing():
    from django.conf import settings

    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400
    answer = Client().get("/")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
