"""Prices seen, through the pages: noting, reading, publishing, ceilings, what paying would cost."""

import csv
import datetime
import io
import re

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.billing import services
from filiere.billing.models import ObservedPrice, PriceCeiling
from filiere.territories.models import Kind
from tests.agenda.factories import CommuneFactory, OrganisationFactory, UserFactory
from tests.conftest import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()
CAR = "vehicle_registration"
PAGE = "https://carte-grise.example/tarifs"


@pytest.fixture(autouse=True)
def _english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def creuse():
    return CommuneFactory(kind=Kind.DEPARTEMENT, name="Creuse", folded="creuse", code="23")


@pytest.fixture
def gueret(creuse):
    return CommuneFactory(
        name="Guéret", folded="gueret", code="23096", departement=creuse, population=12_000
    )


def sign_in(client, role, territory=None):
    user = UserFactory(display_name="Aïcha")
    Membership.objects.create(
        user=user, organisation=OrganisationFactory(), role=role, territory=territory
    )
    client.force_login(user)
    return client


def note(commune, cents, *, kind="shop", confirmed=True, **fields):
    price = services.note_price(
        services.PriceSeen(
            **{
                "procedure": CAR, "seller_kind": kind, "price_cents": cents, "seen_on": TODAY,
                "seen_how": "on_site", "territory_id": commune.pk if commune else None,
            }
            | fields
        ),
        at=AT,
        actor="test",
    )  # fmt: skip
    if confirmed:
        services.confirm_price(price_id=price.pk, at=AT, actor="test")
    return price


def typed(**more):
    return {
        "procedure": CAR, "seller_kind": "shop", "amount": "29.90", "territory": "Guéret",
        "seen_on": TODAY.isoformat(), "seen_how": "on_site", "source_url": "",
        "seller_name": "Garage du Pont", **more,
    }  # fmt: skip


def test_a_price_is_noted_by_a_mediator_published_by_a_steward_and_read_by_everyone(
    client, creuse, gueret
):
    sign_in(client, Role.MEDIATOR)
    assert client.post(reverse("observed_note"), typed()).status_code == 302
    price = ObservedPrice.objects.get()
    assert (price.price_cents, price.territory, price.state) == (2_990, gueret, "noted")

    sign_in(client, Role.STEWARD, creuse)
    assert "Garage du Pont" in client.get(reverse("observed_review")).content.decode()
    assert client.post(reverse("observed_confirm", args=[price.pk])).status_code == 302

    client.logout()
    shown = client.get(reverse("observed_procedure", args=[CAR])).content.decode()
    assert "With help: €29.90" in shown
    assert "Guéret" in shown
    assert "Garage du Pont" not in shown
    assert "€29.90" in client.get(reverse("observed_prices")).content.decode()


def test_the_note_keeps_what_was_typed_and_says_what_to_correct(client, gueret):
    sign_in(client, Role.PRESCRIBER)
    CommuneFactory(name="Gué", folded="gue", code="24001")
    answer = client.post(
        reverse("observed_note"), typed(seen_how="link", territory="Nulle part sur Rien")
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "No town or département has this name" in shown
    assert 'value="Garage du Pont"' in shown
    answer = client.post(reverse("observed_note"), typed(seen_how="link"))
    assert "kept with the address of that page" in answer.content.decode()
    assert client.post(reverse("observed_note"), typed(territory="99")).status_code == 422
    assert not ObservedPrice.objects.exists()


def test_attack_94_a_steward_decides_only_of_its_territory_and_of_the_web(client, creuse, gueret):
    elsewhere = note(CommuneFactory(), 2_990, confirmed=False)
    on_the_web = note(
        None, 3_990, kind="website", confirmed=False, seen_how="link", source_url=PAGE
    )
    sign_in(client, Role.STEWARD, creuse)
    assert client.post(reverse("observed_confirm", args=[elsewhere.pk])).status_code == 403
    assert client.post(reverse("observed_confirm", args=[on_the_web.pk])).status_code == 302
    assert client.get(reverse("observed_set_aside", args=[0])).status_code == 404
    aside = reverse("observed_set_aside", args=[on_the_web.pk])
    assert client.post(aside, {"reason": ""}).status_code == 422
    assert client.post(aside, {"reason": "Taxe comprise"}).status_code == 302
    assert client.post(aside, {"reason": "Encore"}).status_code == 422
    on_the_web.refresh_from_db()
    assert (on_the_web.state, on_the_web.reason) == ("set_aside", "Taxe comprise")


def test_a_ceiling_is_said_to_everyone_and_listed_to_the_steward(client, creuse, gueret):
    note(gueret, 2_990, seller_name="Garage du Pont")
    note(gueret, 0, kind="public")
    sign_in(client, Role.STEWARD, creuse)
    given = {"procedure": CAR, "amount": "20", "territory": "23", "from_on": TODAY.isoformat(),
             "source": "Conseil départemental, 3 mars 2026"}  # fmt: skip
    address = reverse("observed_ceilings")
    assert client.post(address, given | {"territory": ""}).status_code == 422
    yesterday = (TODAY - datetime.timedelta(days=1)).isoformat()
    assert client.post(address, given | {"from_on": yesterday}).status_code == 422
    assert client.post(address, given).status_code == 302
    assert client.post(address, given).status_code == 422
    ceiling = PriceCeiling.objects.get()
    review = client.get(reverse("observed_review")).content.decode()
    assert "€9.90 above the ceiling of €20.00" in review
    shown = client.get(reverse("observed_procedure", args=[CAR])).content.decode()
    assert "1 price is above the advised ceiling" in shown
    assert "Conseil départemental, 3 mars 2026" in shown
    end = reverse("observed_ceiling_end", args=[ceiling.pk])
    assert "From tomorrow on" in client.get(end).content.decode()
    assert client.post(end).status_code == 302
    ceiling.refresh_from_db()
    assert ceiling.until_on == TODAY


def test_a_steward_of_one_territory_ends_no_ceiling_of_france(client, creuse):
    ceiling = services.set_ceiling(
        procedure=CAR, ceiling_cents=2_000, source="État", from_on=TODAY, territory_id=None, at=AT,
        actor="test",
    )  # fmt: skip
    sign_in(client, Role.STEWARD, creuse)
    assert client.post(reverse("observed_ceiling_end", args=[ceiling.pk])).status_code == 403
    sign_in(client, Role.STEWARD)
    assert client.post(reverse("observed_ceiling_end", args=[ceiling.pk])).status_code == 302


def test_a_sheet_is_read_whole_or_not_at_all(client, gueret):
    sign_in(client, Role.MANAGER)
    header = "demarche,type_de_lieu,prix,territoire,date\n"
    right = "vehicle_registration,garage,29.90,23096,2026-11-02\n"

    def send(text):
        sheet = io.BytesIO(text.encode())
        sheet.name = "prix.csv"
        return client.post(reverse("observed_sheet"), {"sheet": sheet})

    answer = send(header + right + "vehicle_registration,banque,1,23096,2026-11-02\n")
    assert answer.status_code == 422
    assert "write public, association, commerce" in answer.content.decode()
    assert not ObservedPrice.objects.exists()
    assert "1 price is noted" in send(header + right).content.decode()
    assert "1 line was known already" in send(header + right).content.decode()
    assert send("demarche\nx\n").status_code == 422
    assert send("").status_code == 422
    assert ObservedPrice.objects.count() == 1


def test_the_public_table_names_no_seller_and_hides_the_page_of_an_independent(client, gueret):
    note(gueret, 2_990, kind="independent", seller_name="Me Durand", seen_how="link",
         source_url=PAGE)  # fmt: skip
    note(None, 3_990, kind="website", seen_how="link", source_url=PAGE + "/2")
    note(gueret, 1_000, confirmed=False)
    answer = client.get(reverse("observed_prices_csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sorted((row["type_de_lieu"], row["prix"], row["lien"]) for row in rows) == [
        ("independent", "29.9", ""),
        ("website", "39.9", PAGE + "/2"),
    ]
    assert "Durand" not in answer.content.decode()
    assert len(client.get(reverse("observed_prices_csv") + "?demarche=x").content.splitlines()) == 1


def test_the_cost_of_paying_it_for_everyone_shows_its_numbers(client, gueret):
    address = reverse("observed_cost", args=[CAR])
    shown = client.get(address).content.decode()
    assert "€29.90" in shown
    assert "written in the texts of 2018" in shown
    worked = client.get(
        address, {"territoire": "Guéret", "fois": "1000", "prix": "29.90", "chez_nous": "25"}
    ).content.decode()
    assert "Paying this help for everyone: €29,900 a year" in worked
    assert "1,000 times a year × €29.90 = €29,900.00" in worked
    assert "€2.49 for each of the 12,000 inhabitants" in worked
    assert "would cost €4,900.00 less a year" in worked
    wrong = client.get(address, {"fois": "beaucoup", "prix": "1"})
    assert wrong.status_code == 422
    assert 'value="beaucoup"' in wrong.content.decode()


def test_pages_of_a_procedure_nobody_saw_say_so_and_an_unknown_one_is_no_page(client):
    shown = client.get(reverse("observed_procedure", args=["tax_return"])).content.decode()
    assert "No price of this help was seen yet" in shown
    assert (
        "Nobody has confirmed a price yet"
        in client.get(reverse("observed_prices")).content.decode()
    )
    for name in ("observed_procedure", "observed_cost"):
        assert client.get(reverse(name, args=["barber"])).status_code == 404


def test_the_page_of_a_procedure_asks_the_database_a_fixed_number_of_times(
    client, gueret, django_assert_max_num_queries
):
    for cents in range(0, 6_000, 100):
        note(gueret, cents)
    with django_assert_max_num_queries(8):
        client.get(reverse("observed_procedure", args=[CAR]))


def test_ceilings_are_drawn_each_with_its_own_line_and_named(client, creuse, gueret):
    note(gueret, 2_990)
    for cents, where in ((3_000, None), (2_000, creuse)):
        services.set_ceiling(
            procedure=CAR, ceiling_cents=cents, source="Délibération", from_on=TODAY,
            territory_id=where.pk if where else None, at=AT, actor="steward",
        )  # fmt: skip

    shown = client.get(reverse("observed_procedure", args=[CAR])).content.decode()

    assert "ceiling €30.00, everywhere in France</text>" in shown
    assert "ceiling €20.00, Creuse</text>" in shown
    marks = re.findall(r'class="draw-alarm" d="([^"]+)"', shown)
    assert [mark.split("v")[0] for mark in marks] == ["M388 38", "M263 38"]
    assert [mark.count("m0") for mark in marks] == [0, 2]
    assert "counts for the prices seen there" in shown


def test_a_fifth_ceiling_is_listed_and_not_drawn(client, creuse, gueret):
    note(gueret, 2_990)
    for cents, where in enumerate((None, creuse, gueret, CommuneFactory(), CommuneFactory()), 1):
        services.set_ceiling(
            procedure=CAR, ceiling_cents=cents * 100, source="Délibération", from_on=TODAY,
            territory_id=where.pk if where else None, at=AT, actor="steward",
        )  # fmt: skip
    shown = client.get(reverse("observed_procedure", args=[CAR])).content.decode()
    assert shown.count('class="draw-alarm"') == 4
    assert "1 more ceiling is in the list only" in shown
