"""One session, from the mediator's two taps to the funder who reads what its euro paid."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.e2e.visitor import Site, Visitor

OTHER_SYMBOLS = {"A": "B", "B": "A"}


def mistyped(code: str) -> str:
    """The same code with its first symbol replaced."""
    return OTHER_SYMBOLS.get(code[0], "A") + code[1:]


def deliver(karim: Visitor, facts: dict[str, Any]) -> None:
    """Two taps: the person came; it is settled, done together."""
    ref = facts["expected"]
    karim.open("/journee")
    karim.reads("Lucie Perrin")
    karim.page.locator(f"form[action='/seance/{ref}/venue']").get_by_text("Venue").click()
    outcome = karim.page.locator(f"form[action='/seance/{ref}/issue']")
    outcome.get_by_role("button", name="Réglé, fait ensemble").click()
    expect(karim.page).to_have_url(re.compile(f"/seance/{ref}/encaisser"))


def cash(karim: Visitor, code: str) -> None:
    karim.page.locator("[name=code]").fill(code)
    karim.press("Vérifier le code")


def settle(site: Site, tmp_path: Path) -> str:
    """Freeze by one person, approve by another, send, mark paid; give the batch's label."""
    odette, rene = site.visitor("comptable@demo.example"), site.visitor("directeur@demo.example")
    odette.open("/paiements")
    label = odette.page.locator("[name=label]").input_value()
    odette.press("Préparer ce lot")
    odette.reads("Le lot est prêt", "une autre personne de l’équipe doit l’approuver")
    address = odette.page.url
    odette.open(f"{address}/approuver")
    odette.page.locator("main form button").last.click()
    odette.reads("une autre personne")
    rene.open(address)
    rene.press("Vérifier et approuver")
    rene.page.locator("main form button", has_text="Approuver les").click()
    rene.reads("C’est approuvé")
    odette.open(address)
    odette.press("Faire le fichier pour la banque")
    odette.press("Faire le fichier pour la banque")
    odette.reads("Le fichier est prêt")
    with odette.page.expect_download() as coming:
        odette.page.get_by_role("link", name="Télécharger le fichier pour la banque").click()
    kept = tmp_path / coming.value.suggested_filename
    coming.value.save_as(kept)
    assert kept.name == f"{label}.xml"
    assert "urn:iso:std:iso:20022:tech:xsd:pain.001" in kept.read_text("utf-8")
    odette.press("Noter le paiement")
    odette.press("Noter le paiement")
    odette.reads("C’est noté", "les lieux sont payés")
    return label


def test_euro_goes_from_the_counter_to_the_funder_who_reads_it(site: Site, stage, tmp_path):
    karim = site.visitor("karim@demo.example")
    deliver(karim, stage)
    cash(karim, mistyped(stage["good_code"]))
    assert "refusé" in karim.title
    karim.reads("vouchers.mistyped", "Rien n’a été pris")
    karim.press("Essayer un autre code")
    cash(karim, stage["expired_code"])
    karim.reads("Chèque refusé", "vouchers.expired", "Ce n’est pas votre faute")
    karim.press("Essayer un autre code")
    cash(karim, stage["good_code"].lower().replace("-", " "))
    assert karim.title == "Rien à payer"
    karim.reads("35,00 €", "Tout est payé par d’autres")
    karim.page.go_back()
    karim.open(f"/seance/{stage['expected']}/encaisser")
    assert karim.page.url.endswith("/recu")  # cashed once; the counter now shows the receipt

    label = settle(site, tmp_path)

    karim.open("/versements")
    order = karim.page.locator("a[href^='/versements/']", has_text=label)
    row = karim.page.locator("tr", has_text=label).locator("a[href^='/versements/']")
    order.or_(row).first.click()
    karim.reads("Qui a payé ce virement", "Département (démonstration)", label)

    funder = site.visitor("departement@demo.example")
    funder.open("/financer")
    funder.page.locator(f"main a[href='/financer/tranche/{stage['tranche']}']").first.click()
    funder.page.locator("main tbody a", has_text=stage["karims_place"]).first.click()
    funder.reads("payé")
    funder.page.locator("main tbody a").first.click()
    funder.reads("24 novembre", f"{label}", "payé au lieu", stage["karims_place"])
    assert "Lucie" not in funder.page.content()  # a funder reads what was done, never for whom
