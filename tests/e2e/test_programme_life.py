"""The whole life of a programme, page by page: each person signs in and does their part.

Three funders, one of whom adds a euro for two of the first; 10,000 vouchers of 20 €; sessions
paid, one voucher lost and replaced, one called back; a transfer the bank rejects, corrected and
paid again; the end, what nobody used given back, the account at zero. Amounts are read on the
pages to the cent. The same life without a browser: tests/operations/test_programme_life.py.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.bank import Transfer
from tests.e2e.conftest import Chromium, played
from tests.e2e.life import Life, fills, follows, plain, row, sends, shows
from tests.e2e.visitor import Site, Visitor, fr
from tests.pdf_reading import texts

NAME = "Le numérique près de chez vous 2027"
DEPARTEMENT, STATE, FOUNDATION = (
    "Département de la Creuse", "État, préfecture de la Creuse", "Fondation du Limousin",
)  # fmt: skip
PROMISED = {DEPARTEMENT: 10_000_000, STATE: 5_000_000, FOUNDATION: 8_000_000}
# What each funder's vouchers were handed out for, and used for: 6 vouchers, 74,70 €.
HANDED_OUT = {DEPARTEMENT: 5_220, STATE: 2_610, FOUNDATION: 4_170}
SPENT = {DEPARTEMENT: 3_250, STATE: 1_624, FOUNDATION: 2_596}
SIGNED, USED, ANSWERED = dt.date(2026, 11, 24), dt.date(2026, 12, 2), dt.date(2026, 12, 4)
AGAIN, ENDED, RETURNED = dt.date(2026, 12, 9), dt.date(2027, 3, 2), dt.date(2027, 3, 8)
# On the letter: the number, then the code in five groups, cut over two lines.
CODE = re.compile(r"Numéro [\d ]+ (\S{4}-.+?) Pas d")
# Far above what the walk takes (a minute), for a busy machine; the scene is made before it.
WALK_SECONDS, LIMIT_SECONDS = 400, 700


def euros(cents: int) -> str:
    """As the pages write it in French, with ordinary spaces."""
    whole = f"{abs(cents) // 100:,}".replace(",", " ")
    return f"{'-' if cents < 0 else ''}{whole},{abs(cents) % 100:02} €"


@pytest.fixture(scope="module")
def territory() -> Iterator[dict[str, Any]]:
    """A site where no programme exists yet, with a clock that can be moved."""
    with played("life_scene") as facts:
        yield facts


@pytest.fixture
def life(running: Chromium, territory: dict[str, Any], tmp_path) -> Iterator[Life]:
    site = Site(running.browser(), territory)
    with running.limited(WALK_SECONDS):
        yield Life(site, territory, tmp_path)
        site.close()


@pytest.mark.timeout(LIMIT_SECONDS)
def test_whole_life_of_a_programme_page_by_page(life: Life):
    terms = writes_and_signs(life)
    funders_promise(life, terms)
    cash_comes(life)
    lot, first = ten_thousand_vouchers(life, terms)
    parts = activates(life, lot, terms)
    places_say_where_they_are_paid(life)
    codes = hands_out(life, first)
    life.moves_to(USED, hour=16)
    sessions_are_paid(life, lot, first, codes)
    transfers = batch_is_sent(life, ["52,05 €", "22,65 €"])
    life.moves_to(ANSWERED)
    bank_rejects_one(life, transfers)
    life.moves_to(AGAIN)
    corrected_and_paid(life)
    life.moves_to(ENDED)
    lot_ends(life, lot, parts)
    returned = money_goes_back(life, terms)
    life.moves_to(RETURNED)
    account_is_empty(life, returned)


def writes_and_signs(life: Life) -> str:
    """The commissioner keeps a draft, reads it again, signs it. Gives the address of its terms."""
    helene = life.one("helene")
    helene.open("/espace")
    helene.press("Open a programme")
    fills(
        helene.page, name=NAME, starts_on="2026-11-24", ends_on="2026-12-31",
        territories="epci 200034825", services="procedures", reach_minutes="30",
    )  # fmt: skip
    life.looks(helene)
    sends(helene.page)
    shows(helene, "CA du Grand Guéret")
    terms = helene.page.url
    life.looks(helene)
    helene.press("Sign it")
    life.looks(helene)
    helene.press("Sign this programme")
    helene.reads("It is signed. Funders can promise, and vouchers can be ordered.")
    return terms


def funders_promise(life: Life, terms: str) -> None:
    """Three promises; for two euros of the département, the State adds one."""
    helene = life.one("helene")
    for funder, cents in PROMISED.items():
        helene.open(terms)
        helene.press("Add a promise")
        life.looks(helene)
        fills(helene.page, funder=funder, amount=euros(cents))
        sends(helene.page)
        row(helene.page, funder, euros(cents), "0,00 €", "0,00 €", "0,00 €")
    helene.press("Let one promise call another")
    life.looks(helene)
    fills(helene.page, trigger=DEPARTEMENT, per="2", matching=STATE, called="1", cap="50 000,00")
    sends(helene.page)
    shows(helene, f"Pour 2,00 € mis par {DEPARTEMENT}, {STATE} ajoute 1,00 €")
    life.looks(helene)


def cash_comes(life: Life) -> None:
    """The operator imports the bank's statement and says which line keeps which promise."""
    odette = life.one("odette")
    odette.open("/argent-cantonne")
    life.looks(odette)
    odette.press("The bank's statements")
    odette.press("Declare the account")
    fills(odette.page, label="Compte des chèques", iban=life.bank.iban)
    sends(odette.page)
    lines = [(cents, funder, f"CONV-{cents}") for funder, cents in PROMISED.items()]
    imports(life, odette, SIGNED, *lines)
    for funder, cents in PROMISED.items():
        odette.page.locator("tr", has_text=funder).locator("a[href*='/banque/ligne/']").click()
        life.looks(odette)
        fills(odette.page, tranche=f"{funder}, {NAME}")
        sends(odette.page)
        shows(odette, f"{euros(cents)} de {funder}")
    life.looks(odette)
    odette.open("/argent-cantonne")
    odette.reads("There is enough")
    row(odette.page, fr("Received, not yet in vouchers"), "230 000,00 €", "230 000,00 €")
    row(odette.page, fr("On the account, says the bank"), "230 000,00 €", "–")
    life.draws(odette, "ring-fence")


def imports(life: Life, odette: Visitor, day: dt.date, *lines: tuple[int, str, str]) -> None:
    """Upload a camt.053 of one day."""
    odette.open("/banque")
    life.looks(odette)
    content = life.bank.statement(day, *lines)
    odette.page.locator("[name=file]").set_input_files(life.file(f"{day}.xml", content))
    sends(odette.page)
    shows(odette, euros(life.bank.balance))


def ten_thousand_vouchers(life: Life, terms: str) -> tuple[str, int]:
    """A lot prepared by the commissioner, made by the worker. Gives its address, first number."""
    helene = life.one("helene")
    helene.open(terms)
    helene.press("Prepare a lot")
    life.looks(helene)
    fills(helene.page, label="Hiver", count="10000", face_cents="20,00", booklet_size="10")
    sends(helene.page)
    lot = helene.page.url
    shows(helene, "10 000 chèques de 20,00 €")
    life.looks(helene)
    helene.press("Make the vouchers")
    helene.reads("Its vouchers wait for their turn to be made.")
    life.work()
    helene.press("Look again")
    helene.reads("Its vouchers are made.")
    helene.reads("Every funder's part is on the account.")
    helene.reads("Everything is there: the operator can activate it.")
    life.draws(helene, "lot-ready")
    odette = life.one("odette")
    odette.open(lot)
    odette.press("Entrust booklets to an organisation")
    life.looks(odette)
    first = int(odette.page.locator("[name=serial_from]").input_value())
    fills(odette.page, organisation="CCAS de Guéret", serial_to=str(first + 99))
    sends(odette.page)
    row(odette.page, "CCAS de Guéret", "10", "0 sur 100", "0")
    return lot, first


def activates(life: Life, lot: str, terms: str) -> dict[str, int]:
    """The operator activates: each funder's part leaves its promise. Gives the parts, in cents."""
    odette = life.one("odette")
    odette.open(lot)
    odette.press("Check and activate")
    life.looks(odette)
    odette.press("Activate the lot")
    odette.reads("The lot is active: its vouchers can be handed out and used.")
    row(odette.page, fr("Activated"), "10 000", "200 000,00 €")
    parts = {DEPARTEMENT: 8_695_652, STATE: 4_347_826, FOUNDATION: 6_956_522}
    assert sum(parts.values()) == 20_000_000
    for funder, cents in parts.items():
        row(odette.page, funder, euros(cents))
    life.looks(odette)
    odette.open("/argent-cantonne")
    row(odette.page, fr("Received, not yet in vouchers"), "30 000,00 €")
    row(odette.page, fr("Vouchers in use"), "200 000,00 €")
    row(odette.page, fr("Owed in all"), "230 000,00 €")
    helene = life.one("helene")
    helene.open(terms)
    for funder, cents in parts.items():
        promised = PROMISED[funder]
        seen = (promised, promised, cents, promised - cents)
        row(helene.page, funder, *(euros(one) for one in seen))
    life.draws(helene, "promises", under=fr("Promises"))
    return parts


def places_say_where_they_are_paid(life: Life) -> None:
    """Each place gives its account, three days before it can be paid there."""
    for key, iban in zip(("karim", "sandrine"), life.facts["ibans"], strict=False):
        gives_account(life, key, iban)


def gives_account(life: Life, key: str, iban: str) -> None:
    manager = life.one(key)
    manager.open("/versements")
    life.looks(manager)
    follows(manager.page, "/versements/compte")
    life.looks(manager)
    fills(manager.page, iban=iban)
    sends(manager.page)
    manager.reads("The account is noted. Payments to it start in 72 hours.")


def hands_out(life: Life, first: int) -> dict[int, str]:
    """One by one, then from a sheet. Gives what each letter says: the codes, by number."""
    claire = life.one("claire")
    claire.open("/espace")
    claire.press("Vouchers to hand out")
    life.looks(claire)
    claire.press("Hand out a voucher")
    life.looks(claire)
    fills(claire.page, serial=str(first), birth_year="1951")
    life.draws(claire, "hand-out", phone=True)
    sends(claire.page)
    shows(claire, f"Le chèque n° {first} est remis.")
    claire.press("Hand out from a sheet")
    life.looks(claire)
    lines = ["numero;annee", *(f"{first + step};19{40 + step}" for step in range(1, 6))]
    sheet = life.file("remises.csv", "\n".join(lines).encode())
    claire.page.locator("[name=sheet]").set_input_files(sheet)
    sends(claire.page)
    shows(claire, "5 chèques sont remis")
    return {serial: code_of(claire, serial) for serial in range(first, first + 5)}


def code_of(claire: Visitor, serial: int) -> str:
    """Print the letter of one voucher and read its code, as the person who receives it."""
    claire.open(f"/carnets?numero={serial}")
    with claire.page.expect_download() as coming:
        claire.page.locator(f"form[action='/cheques/{serial}/lettre'] button").click()
    found = CODE.findall(" ".join(texts(coming.value.path().read_bytes())))
    assert found, f"no code in the letter of {serial}"
    return "".join(found[0].split())


def sessions_are_paid(life: Life, lot: str, first: int, codes: dict[int, str]) -> None:
    """Five vouchers shown: three pay at Guéret, one of them the heir of a lost one; two later."""
    karim, claire, odette = life.one("karim"), life.one("claire"), life.one("odette")
    seats, others = life.facts["sessions"]["karim"], life.facts["sessions"]["sandrine"]
    comes(life, karim, seats[0], codes[first])
    shows(karim, "Rien à payer", "17,35 €")
    life.draws(karim, "paid", phone=True)
    comes(life, karim, seats[1], codes[first + 1])

    claire.open(f"/carnets?numero={first + 2}")
    claire.press("It is lost")
    life.looks(claire)
    shows(claire, "20,00 €")
    claire.press("Replace it by a new one")
    shows(claire, "prend sa place")
    heir = code_of(claire, int(claire.page.locator("[name=numero]").input_value()))
    comes(life, karim, seats[2], codes[first + 2])
    shows(karim, fr("Nothing was taken. Reason no. %(code)s", code="vouchers.lost"))
    karim.press("Try another code")
    cashes(karim, heir)
    shows(karim, "Rien à payer")

    odette.open(lot)
    odette.press("Call vouchers back")
    life.looks(odette)
    fills(odette.page, scope="unit", serial=str(first + 3), reason="Photographié et vendu.")
    sends(odette.page)
    comes(life, karim, seats[3], codes[first + 3])
    shows(karim, fr("Nothing was taken. Reason no. %(code)s", code="vouchers.recalled"))
    life.looks(karim)
    life.draws(karim, "refused", phone=True)
    karim.press("Do the session without a voucher")
    shows(karim, "Reste 17,35 € à payer")

    sandrine = life.one("sandrine")
    comes(life, sandrine, others[0], codes[first + 4])
    shows(sandrine, "Rien à payer")
    comes(life, sandrine, others[1], codes[first])  # 2,65 € were left on it
    shows(sandrine, "Reste 17,35 € à payer")
    owed(life, {"karim": "52,05 €", "sandrine": "22,65 €"})


def comes(life: Life, mediator: Visitor, ref: str, code: str) -> None:
    """Two taps, then the voucher."""
    mediator.open("/journee")
    mediator.page.locator(f"form[action='/seance/{ref}/venue'] [value=yes]").click()
    mediator.page.locator(f"form[action='/seance/{ref}/issue'] [value=done_together]").click()
    expect(mediator.page).to_have_url(re.compile(f"/seance/{ref}/encaisser"))
    life.looks(mediator)
    cashes(mediator, code)
    life.looks(mediator)


def cashes(mediator: Visitor, code: str) -> None:
    mediator.page.locator("[name=code]").fill(code)
    mediator.press("Check the code")


def owed(life: Life, amounts: dict[str, str]) -> None:
    """What each place reads of its next payment."""
    for key, amount in amounts.items():
        place = life.one(key)
        place.open("/versements")
        row(place.page, "Total", amount)
        life.looks(place)


def batch_is_sent(life: Life, amounts: list[str]) -> list[Transfer]:
    """One prepares, another approves, the file is made. Gives what the bank reads in it."""
    odette, rene = life.one("odette"), life.one("rene")
    odette.open("/paiements")
    life.looks(odette)
    odette.press("Prepare this batch")
    address = odette.page.url
    shows(odette, *amounts)
    assert odette.page.locator("a[href$='/approuver']").count() == 0
    rene.open(address)
    rene.press("Check and approve")
    life.looks(rene)
    for alert in rene.page.locator("[name=alert]").all():
        alert.check()
    life.draws(rene, "approve")
    sends(rene.page)
    rene.reads("It is approved. The bank file can be made.")
    odette.open(address)
    odette.press("Make the bank file")
    life.looks(odette)
    sends(odette.page)
    odette.reads("The bank file is ready. Give it to the bank.")
    with odette.page.expect_download() as coming:
        odette.page.locator("a[href$='/fichier.xml']").click()
    transfers = life.bank.transfers_of(coming.value.path().read_text("utf-8"))
    assert sorted(euros(one.cents) for one in transfers) == sorted(amounts)
    life.looks(odette)
    return transfers


def bank_rejects_one(life: Life, transfers: list[Transfer]) -> None:
    """The bank's answer refuses one account; its statement proves that the other is paid."""
    odette = life.one("odette")
    kept, refused = sorted(transfers, key=lambda one: -one.cents)
    odette.open("/paiements")
    odette.press("Read the bank's answer")
    life.looks(odette)
    answer = life.bank.rejects(refused, code="AC04")
    odette.page.locator("[name=file]").set_input_files(life.file("reponse.xml", answer))
    sends(odette.page)
    shows(odette, "La banque a refusé 1 virement", "Saint-Vaury")
    life.looks(odette)
    life.draws(odette, "rejected")
    imports(life, odette, ANSWERED, (-kept.cents, kept.to, kept.reference))
    odette.open("/argent-cantonne")
    odette.reads("There is enough")
    row(odette.page, fr("Owed to places"), "22,65 €")
    row(odette.page, fr("On the account, says the bank"), "229 947,95 €", "–")
    karim = life.one("karim")
    karim.open("/versements")
    shows(karim, "52,05 €")
    karim.page.locator("main tbody a[href^='/versements/']").first.click()
    shows(karim, "52,05 €", *PROMISED)
    life.looks(karim)
    life.draws(karim, "payment")
    sandrine = life.one("sandrine")
    sandrine.open("/versements")
    sandrine.reads("The bank refused your account")
    gives_account(life, "sandrine", life.facts["ibans"][2])


def corrected_and_paid(life: Life) -> None:
    """Three days later the new account can be paid; the statement proves it."""
    transfers = batch_is_sent(life, ["22,65 €"])
    (one,) = transfers
    imports(life, life.one("odette"), AGAIN, (-one.cents, one.to, one.reference))
    sandrine = life.one("sandrine")
    sandrine.open("/versements")
    shows(sandrine, "22,65 €")
    odette = life.one("odette")
    odette.open("/argent-cantonne")
    row(odette.page, fr("Owed to places"), "0,00 €", "0,00 €")
    row(odette.page, fr("Vouchers in use"), "199 925,30 €", "199 925,30 €")
    row(odette.page, fr("On the account, says the bank"), "229 925,30 €", "–")
    row(odette.page, fr("Beyond what is owed"), "0,00 €", "–")


def lot_ends(life: Life, lot: str, parts: dict[str, int]) -> None:
    """After the last day to claim: the statement, read by both sides, then the end."""
    odette, helene = life.one("odette"), life.one("helene")
    odette.open(lot)
    odette.press("Draw up the statement")
    life.looks(odette)
    life.draws(odette, "lot-statement")
    odette.press("I have read it and it is right")
    helene.open(lot)
    helene.press("I have read it and it is right")
    for funder, cents in parts.items():
        spent = SPENT[funder]
        row(helene.page, funder, euros(HANDED_OUT[funder]), euros(spent), euros(cents - spent))
    odette.open(lot)
    odette.press("Close the lot")
    life.looks(odette)
    odette.press("Close the lot")
    odette.reads("The lot is closed; what was left is back with its funders.")
    odette.open("/argent-cantonne")
    row(odette.page, fr("Vouchers in use"), "0,00 €")
    row(odette.page, fr("Received, not yet in vouchers"), "229 925,30 €")


def money_goes_back(life: Life, terms: str) -> dict[str, int]:
    """The programme is closed; each funder's free money is set aside for it. In cents."""
    helene, odette = life.one("helene"), life.one("odette")
    helene.open(terms)
    helene.press("Close this programme")
    helene.press("Close this programme")
    helene.reads("It is closed. Money that is left can be given back to its funders.")
    returned = {}
    for funder in PROMISED:
        odette.open("/argent-cantonne")
        odette.page.locator("a[href*='/argent-cantonne/rendre/']", has_text=funder).first.click()
        life.looks(odette)
        amount = re.search(r"([\d ]+),(\d\d) €", plain(odette.title))
        assert amount is not None
        returned[funder] = int(amount[1].replace(" ", "") + amount[2])
        fills(odette.page, cause="Fin du programme")
        sends(odette.page)
    assert returned == {funder: cents - SPENT[funder] for funder, cents in PROMISED.items()}
    row(odette.page, fr("To give back to funders"), "229 925,30 €")
    return returned


def account_is_empty(life: Life, returned: dict[str, int]) -> None:
    """The bank paid the funders back: nothing is held, nothing is owed."""
    odette = life.one("odette")
    lines = [(-cents, funder, f"RETOUR-{rank}") for rank, (funder, cents) in
             enumerate(returned.items())]  # fmt: skip
    imports(life, odette, RETURNED, *lines)
    for funder in returned:
        odette.page.locator("tr", has_text=funder).locator("a[href*='/banque/ligne/']").click()
        life.looks(odette)
        fills(odette.page, tranche=funder)
        sends(odette.page)
    odette.open("/argent-cantonne")
    odette.reads("There is enough")
    row(odette.page, fr("Owed in all"), "0,00 €", "0,00 €")
    row(odette.page, fr("On the account, says the bank"), "0,00 €", "–")
    life.draws(odette, "empty")
    simone = life.one("simone")
    simone.open("/verification")
    life.looks(simone)
