"""Pages about lots of vouchers: prepare, make, entrust, activate, call back, close, usage."""

import datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiere.accounts.models import Membership, Organisation, Role
from filiere.programmes.models import Programme
from filiere.vouchers import queries, services, tasks
from filiere.vouchers.models import ClosingStatement, Lot, ReachOverride, Recall
from tests.billing.factories import lot_for, world
from tests.programmes.factories import AT, organisation, programme, tranche
from tests.vouchers.factories import active, draft
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db
AFTER = datetime.datetime(2027, 3, 1, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


def operator():
    return signed_in(Role.OPERATOR)


def commissioner(of: Programme):
    return signed_in(Role.COMMISSIONER, Organisation.objects.get(pk=of.commissioner_id))


def body(response):
    return " ".join(response.content.decode().split())


def sheet(text):
    return SimpleUploadedFile("remises.csv", text.encode(), content_type="text/csv")


def order(**changes):
    return {
        "label": "Automne", "count": "4", "face_cents": "10", "booklet_size": "2",
        "mode": "bearer", "use_until": "2026-12-31",
    } | changes  # fmt: skip


def test_lots_are_filtered_by_state_and_paged_with_the_same_queries(django_assert_num_queries):
    made = active().lot.programme
    Lot.objects.bulk_create(
        Lot(
            programme=made, count=1, face_cents=1, use_until=made.ends_on,
            tolerance_until=made.ends_on, present_until=made.ends_on, created_at=AT,
        )
        for _number in range(60)
    )  # fmt: skip
    client = operator()
    client.get(reverse("desk"))

    with django_assert_num_queries(7):
        drafts = client.get(reverse("lots"), {"etat": "draft", "page": 3})

    assert [lot.state for lot, *_words in drafts.context["rows"]] == ["draft"] * 10
    assert heading(drafts) == "60 lots are not active yet"
    assert "(60)" in body(drafts)
    assert "etat=draft" in body(drafts)
    assert len(client.get(reverse("lots"), {"etat": "active"}).context["rows"]) == 1
    assert len(client.get(reverse("lots"), {"etat": "autre"}).context["rows"]) == 25


def test_lots_lists_those_of_ones_programmes():
    scene = draft()
    draft(seed=8)

    assert heading(operator().get(reverse("lots"))) == "2 lots are not active yet"
    own = commissioner(scene.lot.programme).get(reverse("lots"))
    assert heading(own) == "1 lot is not active yet"
    assert heading(signed_in(Role.COMMISSIONER).get(reverse("lots"))) == "No lot of vouchers yet"
    assert signed_in(Role.MEDIATOR).get(reverse("lots")).status_code == 403


def test_new_prepares_a_lot_with_its_three_days():
    made = programme()
    tranche(made, cash=4_000)
    client = commissioner(made)
    address = reverse("lot_new", args=[made.pk])
    assert client.get(address).status_code == 200

    answer = client.post(address, order())

    lot = Lot.objects.get()
    assert answer.url == reverse("lot", args=[lot.pk])
    assert (lot.count, lot.face_cents, lot.mode, lot.label) == (4, 1_000, "bearer", "Automne")
    assert lot.present_until == datetime.date(2027, 2, 28)


def test_new_keeps_what_was_typed_on_a_refusal():
    made = programme()
    tranche(made, cap=3_999)
    answer = operator().post(reverse("lot_new", args=[made.pk]), order())

    assert answer.status_code == 422
    assert "promised €0.01 less" in body(answer)
    assert 'value="Automne"' in body(answer)
    assert Lot.objects.count() == 0
    assert commissioner(programme()).get(reverse("lot_new", args=[made.pk])).status_code == 404


def test_generate_makes_a_small_lot_at_once_and_twice_is_told():
    made = programme()
    tranche(made, cash=4_000)
    lot = services.create_lot(
        programme=made, count=4, face_cents=1_000, use_until=datetime.date(2026, 12, 31), at=AT,
        actor="test",
    )  # fmt: skip
    client, address = operator(), reverse("lot_generate", args=[lot.pk])

    client.post(address)

    assert lot.vouchers.count() == 4
    assert "already exist" in body(client.post(address, follow=True))


def test_generate_leaves_a_large_lot_to_the_worker():
    made = programme()
    tranche(made, cash=400_000)
    lot = services.create_lot(
        programme=made, count=2_500, face_cents=100, use_until=datetime.date(2026, 12, 31), at=AT,
        actor="test",
    )  # fmt: skip
    client = operator()

    page = client.post(reverse("lot_generate", args=[lot.pk]), follow=True)

    assert "Its vouchers wait for their turn to be made" in body(page)
    assert lot.vouchers.count() == 0
    assert tasks.make_vouchers(lot_id=lot.pk, actor="user:1") == 2_500
    assert tasks.make_vouchers(lot_id=lot.pk, actor="user:1") == 0
    assert "Its vouchers are made" in body(client.get(reverse("lot", args=[lot.pk])))


def test_lot_says_how_far_the_worker_is_before_it_is_done():
    lot, other = draft().lot, draft(seed=8).lot
    tasks.tell_progress(lot.pk, 4_200)

    assert queries.made_so_far(lot) == 4_200
    assert queries.made_so_far(other) is None


def test_lot_says_exactly_what_is_missing():
    scene = draft(parts=[10_000, 5_000], cash=[10_000, 0])
    ReachOverride.objects.all().delete()

    page = body(operator().get(reverse("lot", args=[scene.lot.pk])))

    assert "€50.00 from Financeur" in page
    assert "Nothing is known of where people live there" in page
    assert "Ask to activate it all the same" in page


def test_override_takes_two_people_then_the_lot_is_activated():
    scene = draft()
    ReachOverride.objects.all().delete()
    asks, answers = operator(), operator()
    lot = scene.lot.pk
    assert "Nothing is known" in body(asks.get(reverse("lot_override", args=[lot])))
    assert asks.post(reverse("lot_override", args=[lot]), {"reason": ""}).status_code == 422

    refused = asks.post(reverse("lot_activate", args=[lot]))
    assert refused.status_code == 409
    assert "nothing is known of where people live" in body(refused)
    asks.post(reverse("lot_override", args=[lot]), {"reason": "Bus en janvier"})
    confirm = reverse("lot_override_confirm", args=[lot])
    assert asks.post(confirm).status_code == 409
    assert "Bus en janvier" in body(answers.get(confirm))
    answers.post(confirm)
    answers.post(reverse("lot_activate", args=[lot]))

    assert Lot.objects.get(pk=lot).state == "active"
    assert "Bus en janvier" in body(asks.get(reverse("lot", args=[lot])))
    assert "Bus en janvier" in body(signed_in(Role.MEDIATOR).get(reverse("overrides")))


def test_entrust_moves_booklets_to_a_prescriber():
    scene = draft(count=4, lot_terms={"booklet_size": 2})
    keeper = organisation("CCAS")
    Membership.objects.create(user=operator().user, organisation=keeper, role=Role.PRESCRIBER)
    client, first = operator(), scene.issued[0].serial
    address = reverse("lot_entrust", args=[scene.lot.pk])
    typed = {"organisation": keeper.pk, "serial_from": first, "serial_to": first + 1}

    assert keeper.name in body(client.get(address))
    refused = client.post(address, typed | {"serial_to": first})
    assert refused.status_code == 422
    assert "whole booklets" in body(refused)
    client.post(address, typed)

    assert queries.custodians_of([first, first + 2]) == {
        first: keeper.pk,
        first + 2: scene.provider.pk,
    }
    assert keeper.name in body(client.get(reverse("lot", args=[scene.lot.pk])))


def test_attack_29_a_recall_from_the_page_is_refused_at_counters():
    scene = active(count=4, lot_terms={"booklet_size": 2})
    client, address = operator(), reverse("lot_recall", args=[scene.lot.pk])
    typed = {"scope": "booklet", "serial": scene.issued[1].serial, "reason": "photo publiée"}

    assert client.get(address).status_code == 200
    assert client.post(address, typed | {"serial": ""}).status_code == 422
    assert client.post(address, typed | {"serial": 999_999}).status_code == 422
    client.post(address, typed)

    called = Recall.objects.get()
    assert (called.serial_from, called.serial_to) == tuple(one.serial for one in scene.issued[:2])
    page = client.get(reverse("lot", args=[scene.lot.pk]))
    assert "photo publiée" in body(page)
    stranger = reverse("recall_lift", args=[active(seed=8).lot.pk, called.pk])
    assert client.post(stranger).status_code == 404
    client.post(reverse("recall_lift", args=[scene.lot.pk, called.pk]))
    called.refresh_from_db()
    assert called.lifted_at is not None


def test_statement_is_acknowledged_by_both_sides_then_the_lot_is_closed():
    scene = active()
    lot = scene.lot.pk
    with time_machine.travel(AFTER, tick=False):
        ours, theirs = operator(), commissioner(scene.lot.programme)
        assert "Draw up the statement" in body(ours.get(reverse("lot", args=[lot])))
        ours.post(reverse("lot_statement", args=[lot]))
        assert "I have read it and it is right" in body(ours.get(reverse("lot", args=[lot])))
        ours.post(reverse("lot_acknowledge", args=[lot]))
        assert "I have read it and it is right" not in body(ours.get(reverse("lot", args=[lot])))
        assert ours.post(reverse("lot_close", args=[lot])).status_code == 409
        theirs.post(reverse("lot_acknowledge", args=[lot]))
        assert theirs.post(reverse("lot_close", args=[lot])).status_code == 403
        assert "Close this lot?" in body(ours.get(reverse("lot_close", args=[lot])))
        ours.post(reverse("lot_close", args=[lot]))
        page = body(theirs.get(reverse("lot", args=[lot])))

    statement = ClosingStatement.objects.get()
    assert statement.operator_by == ours.user.actor
    assert statement.commissioner_by == theirs.user.actor
    assert Lot.objects.get(pk=lot).state == "closed"
    assert "Closed on 1 March 2027" in page


def test_attack_79_a_commissioner_opens_no_lot_of_others():
    scene = draft()
    client = commissioner(programme())
    for name in ("lot", "lot_entrust", "lot_recall", "lot_override", "lot_override_confirm"):
        assert client.get(reverse(name, args=[scene.lot.pk])).status_code == 403
    for name in ("lot_generate", "lot_statement", "lot_acknowledge"):
        assert client.post(reverse(name, args=[scene.lot.pk])).status_code == 403
    assert operator().get(reverse("lot", args=[0])).status_code == 404


def test_usage_is_for_those_who_run_it_until_it_is_published():
    here = world(price=1_000)
    scene = lot_for(here, count=6, face=1_000)
    here.split(scene.issued[0].code)
    address = reverse("usage", args=[scene.lot.programme_id])

    assert signed_in(Role.MEDIATOR).get(address).status_code == 404
    page = commissioner(scene.lot.programme).get(address)
    assert heading(page) == "1 voucher used, 0 handed out"
    assert here.commune.name in body(page)


def test_usage_hides_small_groups_from_the_public():
    here = world(price=1_000)
    scene = lot_for(here, count=6, face=1_000, funnel_is_public=True)
    here.split(scene.issued[0].code)

    page = signed_in(Role.MEDIATOR).get(reverse("usage", args=[scene.lot.programme_id]))

    assert page.status_code == 200
    assert here.commune.name not in body(page)
    assert "1 group is not shown" in body(page)


def test_hand_out_sheet_tells_each_line_then_hands_out():
    scene = active(lot_terms={"mode": "bearer"})
    client = signed_in(Role.PRESCRIBER, scene.provider)
    address = reverse("hand_out_sheet")
    assert client.get(address).status_code == 200
    assert client.post(address, {"sheet": sheet("x")}).status_code == 422

    wrong = client.post(address, {"sheet": sheet(f"numero\n{scene.issued[0].serial}\nabc")})
    assert wrong.status_code == 422
    assert "This is not the number of a voucher." in body(wrong)
    done = client.post(address, {"sheet": sheet(f"numero\n{scene.issued[0].serial}")})

    assert heading(done) == "1 voucher is handed out"
    assert queries.funnel(scene.lot).handed_out.vouchers == 1
    assert operator().get(address).status_code == 403
