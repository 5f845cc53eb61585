import datetime
import re
import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filiere.accounts.models import Membership, Organisation, Role, User
from filiere.kernel import checks
from filiere.observatory import portfolio
from filiere.observatory import queries as observatory
from filiere.operations.loop.world import invented_iban
from filiere.programmes import services as programmes
from filiere.rules.aims import Aim, AimResult, AimState, Conclusion
from filiere.settlement.models import Batch, BatchState, PaymentOrder
from filiere.territories.models import Kind, Territory
from filiere.vouchers.models import MovementPart
from filiere.web import aim_sentences, charts
from filiere.web.check_words import SENTENCES
from tests.billing.factories import bank_account, lot_for, world
from tests.observatory.test_euro import scenario
from tests.programmes.factories import programme as new_programme
from tests.programmes.factories import receipt
from tests.settlement.test_services import LATER, approve, emit, freeze, pay

pytestmark = pytest.mark.django_db
OTHERS = [Role.MEDIATOR, Role.PRESCRIBER, Role.CARRIER]


def signed_in(role, organisation=None, territory=None):
    holder = organisation or Organisation.objects.create(name="Maison", folded="maison")
    user = User.objects.create_user(f"{uuid.uuid4().hex[:8]}@test.example", display_name="Léa Roy")
    Membership.objects.create(user=user, organisation=holder, role=role, territory=territory)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.user = user
    return client


def heading(response):
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip()


@pytest.fixture(autouse=True)
def _today():
    """Pages read the clock: it is the day the batches of these tests are prepared."""
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def lived():
    """Twelve sessions, three funders, one paid batch."""
    lot, _payer, places = scenario()
    pay(emit(approve(freeze())))
    return lot, places


# --- following the euro ------------------------------------------------------------------------


def test_programmes_shows_a_funder_its_own_money(lived, django_assert_num_queries):
    lot, _places = lived
    tranche = lot.tranches[1]
    client = signed_in(Role.COMMISSIONER, tranche.funder)
    client.get(reverse("desk"))  # the first page of a session writes when it was
    with django_assert_num_queries(10):
        page = client.get(reverse("programmes"))
    assert heading(page).startswith("Of your €33.33, ")
    assert reverse("tranche", args=[tranche.pk]) in page.content.decode()


def test_programmes_without_any_says_why():
    page = signed_in(Role.COMMISSIONER).get(reverse("programmes"))
    assert heading(page) == "You fund no programme yet"
    assert "A programme appears as soon as" in page.content.decode()


def test_programmes_list_does_not_grow_queries_with_its_rows(lived, django_assert_num_queries):
    client = signed_in(Role.AUDITOR)
    for _ in range(5):
        new_programme()
    client.get(reverse("desk"))  # the first page of a session writes when it was
    with django_assert_num_queries(10):
        assert client.get(reverse("programmes")).status_code == 200


def test_both_lists_of_money_say_received_given_back_and_kept_with_the_same_figures(lived):
    lot, _places = lived
    made = lot.lot.programme
    tranche = lot.tranches[0]
    receipt(tranche, 900, "TARD")
    bounced = receipt(tranche, 100, "REPRIS")
    by = {"actor": "test", "at": LATER}
    programmes.undo_receipt(receipt=bounced, bounced_on=LATER.date(), reason="", **by)
    programmes.return_to_funder(tranche=tranche, amount_cents=400, **by)
    client = signed_in(Role.AUDITOR)

    listed = client.get(reverse("programmes"), headers={"accept-language": "fr"})
    opened = client.get(reverse("programme", args=[made.pk]), headers={"accept-language": "fr"})

    tables = [
        re.search(r"<table.*?</table>", " ".join(page.content.decode().split()))[0]
        for page in (listed, opened)
    ]
    in_list = next(one for programme, one in listed.context["groups"] if programme == made)
    assert in_list == opened.context["tranches"]
    line = next(one for one in in_list if one.tranche_id == tranche.pk)
    assert (line.received_cents, line.returned_cents, line.kept_cents) == (5901, 400, 5501)
    kept = sum(one.kept_cents for one in in_list)
    assert kept == opened.context["followed"].flows.given_cents
    for page in (listed, opened):
        words = page.content.decode()
        assert "Gardé\u00a0: le reçu, moins ce qui a été rendu au financeur" in words
        assert all(amount in words for amount in ("59,01", "4,00", "55,01"))
    assert "Rendu" in tables[0]
    assert heading(listed).startswith("Sur 105 € gardés, ")


def test_tranche_adds_up_and_opens_down_to_the_session(lived):
    lot, _places = lived
    tranche = lot.tranches[0]
    client = signed_in(Role.COMMISSIONER, tranche.funder)
    page = client.get(reverse("tranche", args=[tranche.pk]))
    followed = page.context["followed"]
    assert heading(page) == f"Your €50.01 have already helped {followed.persons} people in 1 town"
    assert sum(row.amount_cents for row in page.context["rows"]) == followed.flows.used_cents
    assert page.context["cover"].is_right
    row = page.context["rows"][0]
    acts = client.get(reverse("sessions_paid", args=[tranche.pk, row.key]))
    assert acts.context["total_cents"] == row.amount_cents
    assert sum(part.amount_cents for part in acts.context["acts"]) == row.amount_cents
    one = client.get(reverse("act", args=[acts.context["acts"][0].movement_id]))
    assert "paid to the place on" in heading(one)
    assert sum(line.amount_cents for line in one.context["act"].lines) == one.context[
        "act"
    ].charge.price_cents  # fmt: skip


@pytest.mark.parametrize("by", ["lieu", "commune", "service"])
def test_tranche_rows_total_the_same_however_grouped(lived, by):
    lot, _places = lived
    tranche = lot.tranches[0]
    client = signed_in(Role.COMMISSIONER, tranche.funder)
    page = client.get(reverse("tranche", args=[tranche.pk]) + f"?par={by}")
    flows = observatory.flows_of_tranche(tranche.pk)
    assert sum(row.amount_cents for row in page.context["rows"]) == flows.used_cents


def test_sessions_of_a_commune_and_of_a_service_add_up(lived):
    lot, places = lived
    tranche = lot.tranches[0]
    client = signed_in(Role.STEWARD)
    used = observatory.flows_of_tranche(tranche.pk).used_cents
    commune = client.get(reverse("sessions_in", args=[tranche.pk, places[0].commune.pk]))
    service = client.get(reverse("sessions_of", args=[tranche.pk, "procedures"]))
    assert commune.context["total_cents"] == service.context["total_cents"] == used


def test_sessions_paid_names_nobody_and_pins_its_queries(lived, django_assert_num_queries):
    lot, places = lived
    client = signed_in(Role.COMMISSIONER, lot.tranches[0].funder)
    address = reverse("sessions_paid", args=[lot.tranches[0].pk, places[0].offer.place_id])
    client.get(reverse("desk"))  # the first page of a session writes when it was
    with django_assert_num_queries(9):
        page = client.get(address)
    assert "OR-" not in page.content.decode()


def test_a_tranche_of_others_is_refused(lived):
    lot, _places = lived
    client = signed_in(Role.COMMISSIONER)
    part = MovementPart.objects.filter(tranche=lot.tranches[0]).first()
    for address in (
        reverse("tranche", args=[lot.tranches[0].pk]),
        reverse("programme", args=[lot.lot.programme_id]),
        reverse("act", args=[part.movement_id]),
    ):
        assert client.get(address).status_code == 403


def test_what_does_not_exist_gets_a_sentence():
    client = signed_in(Role.AUDITOR)
    for name, args in (
        ("tranche", [9_999]),
        ("programme", [9_999]),
        ("act", [uuid.uuid4()]),
        ("payment", [9_999]),
        ("batch", [9_999]),
        ("board_of", ["departement", "zz"]),
    ):
        page = client.get(reverse(name, args=args))
        assert page.status_code == 404
        assert "Nothing here bears the reference" in page.content.decode()


def test_a_programme_nobody_funds_says_so():
    made = new_programme()
    page = signed_in(Role.AUDITOR).get(reverse("programme", args=[made.pk]))
    assert heading(page) == "No funder has promised money yet"


def test_a_tranche_received_and_unused_is_ready():
    lot = lot_for(world(), count=1)
    client = signed_in(Role.COMMISSIONER, lot.tranches[0].funder)
    page = client.get(reverse("tranche", args=[lot.tranches[0].pk]))
    assert heading(page) == "Your €50 are ready; no session has used them yet"


def test_cover_is_wrong_when_the_rows_do_not_match():
    cover = portfolio.Cover(900, 500, 300, 0, 200)
    assert (cover.owed_cents, cover.is_right) == (1000, False)


# --- providers ---------------------------------------------------------------------------------


def test_payments_lists_all_of_them_page_by_page(lived, django_assert_num_queries):
    _lot, places = lived
    provider = places[0].provider
    order = PaymentOrder.objects.get(provider=provider)
    client = signed_in(Role.MANAGER, provider)
    address = reverse("payments", args=[provider.pk])
    assert address in client.get(reverse("payables")).content.decode()

    with django_assert_num_queries(8):
        page = client.get(address)

    assert heading(page) == "1 payment"
    assert reverse("payment", args=[order.pk]) in page.content.decode()
    (line,) = page.context["orders"]
    assert sum(payer.amount_cents for payer in line.payers) == order.amount_cents
    assert signed_in(Role.MANAGER).get(address).status_code == 403


def test_payables_then_payment_tell_who_paid(lived, django_assert_num_queries):
    _lot, places = lived
    client = signed_in(Role.MANAGER, places[0].provider)
    with django_assert_num_queries(18):
        page = client.get(reverse("payables"))
    order = PaymentOrder.objects.get(provider=places[0].provider)
    assert reverse("payment", args=[order.pk]) in page.content.decode()
    opened = client.get(reverse("payment", args=[order.pk]))
    trace = opened.context["trace"]
    assert sum(payer.amount_cents for payer in trace.payers) == order.amount_cents
    assert "from 4 funders" in heading(opened)


def test_payables_says_what_is_coming_and_where(at):
    here = world(price=2000)
    here.split(lot_for(here).issued[0].code)
    client = signed_in(Role.MANAGER, here.provider)
    page = client.get(reverse("payables"))
    assert heading(page) == "€20.00 will be in your next payment"
    assert "We do not know where to pay you" in page.content.decode()
    bank_account(here)
    freeze()
    assert heading(client.get(reverse("payables"))) == "€20.00 are on their way to you"


def test_payables_of_another_organisation_is_refused(lived):
    _lot, places = lived
    client = signed_in(Role.MANAGER)
    other = places[0].provider.pk
    assert client.get(reverse("payables") + f"?organisation={other}").status_code == 403
    order = PaymentOrder.objects.get(provider=places[0].provider)
    assert client.get(reverse("payment", args=[order.pk])).status_code == 403
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get(reverse("payables") + f"?organisation={other}").status_code == 200
    assert heading(auditor.get(reverse("payables"))).endswith("owed to providers")


# --- batches -----------------------------------------------------------------------------------


def owed():
    here = world(price=2000)
    here.split(lot_for(here).issued[0].code)
    bank_account(here)
    return here


def test_a_batch_goes_from_owed_to_paid_by_two_people():
    owed()
    first, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    assert heading(first.get(reverse("batches"))) == "€20.00 to pay to 1 organisation"
    made = first.post(reverse("batch_freeze"), {"label": " vir 2026-48 "})
    batch = Batch.objects.get(label="VIR-2026-48")
    assert made.headers["Location"] == reverse("batch", args=[batch.pk])

    alone = first.post(reverse("batch_approve", args=[batch.pk]))
    assert alone.status_code == 403
    assert "You prepared this batch, so you cannot approve it." in alone.content.decode()
    asked = second.get(reverse("batch_approve", args=[batch.pk]))
    assert "€20.00 will be paid by 1 transfer." in asked.content.decode()
    second.post(reverse("batch_approve", args=[batch.pk]))

    payer = {"name": "Filière", "iban": invented_iban(1), "bic": "AGRIFRPPXXX"}
    first.post(reverse("batch_emit", args=[batch.pk]), payer)
    file = first.get(reverse("batch_file", args=[batch.pk]))
    assert file.headers["Content-Disposition"] == 'attachment; filename="VIR-2026-48.xml"'
    assert b"pain.001" in file.content

    today = timezone.localdate()
    late = first.post(
        reverse("batch_paid", args=[batch.pk]), {"paid_on": today + datetime.timedelta(days=1)}
    )
    assert late.status_code == 422
    first.post(reverse("batch_paid", args=[batch.pk]), {"paid_on": today})
    batch.refresh_from_db()
    assert (batch.state, batch.paid_on) == (BatchState.PAID, today)
    assert "Léa Roy" in first.get(reverse("batch", args=[batch.pk])).content.decode()


def test_freezing_nothing_or_a_wrong_name_is_said_kindly():
    client = signed_in(Role.OPERATOR)
    nothing = client.post(reverse("batch_freeze"), {"label": "VIR-1"})
    assert nothing.status_code == 422
    assert "There is nothing to pay" in nothing.content.decode()
    wrong = client.post(reverse("batch_freeze"), {"label": "é*"})
    assert "The bank does not accept the batch name" in wrong.content.decode()
    assert not Batch.objects.exists()


def test_a_wrong_payer_account_writes_nothing():
    owed()
    batch = approve(freeze())
    client = signed_in(Role.OPERATOR)
    page = client.post(
        reverse("batch_emit", args=[batch.pk]), {"name": "Filière", "iban": "FR00", "bic": "X"}
    )
    batch.refresh_from_db()
    assert (page.status_code, batch.state) == (422, BatchState.APPROVED)


def test_cancelling_gives_back_what_is_owed_and_a_batch_at_the_bank_cannot_be():
    owed()
    batch = freeze()
    client = signed_in(Role.OPERATOR)
    client.post(reverse("batch_cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == BatchState.CANCELLED
    assert (
        "This batch was cancelled" in client.get(reverse("batch", args=[batch.pk])).content.decode()
    )
    other = emit(approve(freeze(label="VIR-2")))
    refused = client.post(reverse("batch_cancel", args=[other.pk]))
    assert refused.status_code == 409


def test_batches_pins_its_queries(lived, django_assert_num_queries):
    client = signed_in(Role.OPERATOR)
    with django_assert_num_queries(13):
        client.get(reverse("batches"))


def test_an_auditor_reads_batches_and_changes_nothing(lived):
    client = signed_in(Role.AUDITOR)
    batch = Batch.objects.get()
    assert client.get(reverse("batch", args=[batch.pk])).status_code == 200
    assert client.post(reverse("batch_freeze"), {"label": "A"}).status_code == 403
    assert client.post(reverse("batch_approve", args=[batch.pk])).status_code == 403


# --- the board, the public accounts, the check ---------------------------------------------------


def creuse():
    return Territory.objects.create(
        kind=Kind.DEPARTEMENT, code="23", name="Creuse", folded="creuse"
    )


def test_board_of_an_empty_territory_measures_nothing():
    creuse()
    page = signed_in(Role.CARRIER).get(reverse("board_of", args=["departement", "23"]))
    assert heading(page) == "None of the three aims can be measured yet"
    assert page.content.decode().count("Not yet known") == 3


def test_board_draws_each_commune_and_opens_its_figures(lived, django_assert_num_queries):
    _lot, places = lived
    territory = creuse()
    Territory.objects.filter(pk=places[0].commune.pk).update(
        departement=territory, population=900, latitude="46.17", longitude="1.87"
    )
    client = signed_in(Role.STEWARD, territory=territory)
    assert client.get(reverse("board")).headers["Location"] == reverse(
        "board_of", args=["departement", "23"]
    )
    with django_assert_num_queries(30):
        page = client.get(reverse("board_of", args=["departement", "23"]))
    assert len(page.context["map"].dots) == 1
    assert page.context["population"] == 900
    for aim in Aim:
        source = client.get(reverse("aim_source", args=["departement", "23", aim.value]))
        assert source.status_code == 200
        assert source.context["counts"]


def test_board_finds_a_territory_by_a_town():
    commune = Territory.objects.create(
        kind=Kind.COMMUNE, code="23096", name="Guéret", folded="gueret", departement=creuse()
    )
    page = signed_in(Role.MEDIATOR).get(reverse("board") + "?commune=gueret")
    assert list(page.context["communes"]) == [commune]
    assert reverse("board_of", args=["departement", "23"]) in page.content.decode()


def test_open_accounts_hides_small_groups(django_assert_num_queries):
    here = world(price=2000)
    lot = lot_for(here, count=6)
    for issued in lot.issued[:4]:
        here.split(issued.code)
    visitor = Client(headers={"accept-language": "en"})
    page = visitor.get(reverse("open_accounts"))
    account = page.context["accounts"][0]
    assert (account.activated_cents, account.used_cents, account.persons) == (30_000, None, None)
    assert "€80" not in page.content.decode()
    here.split(lot.issued[4].code)
    with django_assert_num_queries(11):
        page = visitor.get(reverse("open_accounts"))
    account = page.context["accounts"][0]
    assert (account.used_cents, account.paid_cents, account.persons) == (10_000, 0, 5)
    assert heading(page) == "Of €300 received, €100 have already been used"


def test_open_accounts_before_any_programme():
    page = Client(headers={"accept-language": "en"}).get(reverse("open_accounts"))
    assert heading(page) == "No programme has received money yet"


def test_check_says_everything_is_right_then_names_the_wrong_row(lived, monkeypatch):
    client = signed_in(Role.AUDITOR)
    assert heading(client.get(reverse("check"))) == "Everything is right"
    false = checks.Verdict("ledger.x", "Every transfer moves an amount above zero.", False, "t 7")
    monkeypatch.setattr(checks, "run", lambda: [false])
    page = client.get(reverse("check"))
    assert heading(page) == "1 error"
    assert "t 7" in page.content.decode()


def test_every_checked_sentence_is_marked_for_translation():
    assert {one.sentence for one in checks.registry.values()} <= set(SENTENCES)


@pytest.mark.parametrize("name", ["programmes", "payables", "batches", "board", "check"])
def test_money_pages_ask_to_sign_in(name):
    answer = Client().get(reverse(name))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", OTHERS)
def test_money_pages_are_refused_to_other_roles(role):
    client = signed_in(role)
    for name in ("programmes", "batches", "check"):
        assert client.get(reverse(name)).status_code == 403


# --- drawings and sentences ----------------------------------------------------------------------


def test_river_widths_follow_amounts(lived):
    lot, _places = lived
    flows = observatory.flows_of_tranche(lot.tranches[0].pk)
    drawn = charts.river(flows, source_title="Your tranche")
    assert dict(drawn.rows)[str(charts.river_rows(flows)[0][0])]
    assert all(
        re.fullmatch(r"[MCVHhvz\d\s-]+", shape.path, re.IGNORECASE) for shape in drawn.shapes
    )
    assert charts.river(observatory.Flows(100, 0, 0, 0, 0, 0, 0, ()), source_title="x") is None


def test_dot_map_keeps_names_apart_and_dots_inside():
    spots = [charts.Spot(f"Ville {n}", 46 + n / 50, 2 + n / 40, n * 100, "all") for n in range(30)]
    drawn = charts.dot_map(spots)
    assert len(drawn.dots) == 30
    assert all(0 < int(dot.x) < int(drawn.width) for dot in drawn.dots)
    assert all(0 < int(dot.y) < int(drawn.height) for dot in drawn.dots)
    assert charts.dot_map([]) is None


def test_board_title_never_counts_the_unknown_as_missed():
    assert aim_sentences.board_title(Conclusion(2, 3, 3)) != aim_sentences.board_title(
        Conclusion(0, 0, 3)
    )
    unknown = AimResult(
        Aim.AUTONOMY,
        None,
        aim_sentences.Fraction(1, 2),
        AimState.NOT_YET_KNOWN,
        {"alone": 0, "answered": 0, "non_response": 0},
    )
    assert aim_sentences.aim_state(unknown) == "unknown"
    assert aim_sentences.aim_figure(unknown) == ""
