"""A booklet says everything the law and the person need, and its square code is the code."""

import datetime
import random
import re

import pytest
import segno
from django.utils import translation

from filiere.rules import codes as rules
from filiere.vouchers.paper import qr, words
from filiere.vouchers.paper.booklets import booklet_pdf
from filiere.vouchers.services.issue import IssuedCode
from tests.pdf_reading import Drawn, sizes, texts
from tests.programmes.factories import AT
from tests.vouchers.factories import draft

pytestmark = pytest.mark.django_db
QR_LEFT, QR_TOP, QR_SIDE = 162, 6, 36  # millimetres, first voucher of a sheet


def made_up(count: int, first: int = 1000001) -> list[IssuedCode]:
    random_bytes = random.Random(3).randbytes
    return [IssuedCode(first + at, rules.code_from_random(random_bytes(10))) for at in range(count)]


@pytest.fixture(scope="module")
def few() -> list[IssuedCode]:
    return made_up(5)


def drawn(codes, **fields) -> bytes:
    lot = draft(count=3, face=1000, parts=[1500, 1000, 500]).lot
    with translation.override("fr"):
        return booklet_pdf(**{"lot": lot, "booklets": [codes], "at": AT} | fields)


def test_booklet_pdf_is_a_notice_then_three_vouchers_a_sheet(few):
    pdf = drawn(few)
    assert sizes(pdf) == [(210, 297)] * 3
    notice, first, second = texts(pdf)
    assert "Carnet de 5 chèques, n° 1 000 001 à 1 000 005" in notice
    assert "Perdu ou volé ?" in notice
    assert "série continue" in notice
    assert [first.count("10,00 €"), second.count("10,00 €")] == [3, 2]


def test_booklet_pdf_says_code_number_value_dates_and_funders_on_each_voucher(few):
    _notice, sheet, _last = texts(drawn(few))
    said = sheet.replace(" ", "").replace("\ufffe", "-")
    for issued in few[:3]:
        assert issued.printed in said
        assert words.number_words(issued.serial).replace("\u00a0", "") in said
    assert sheet.count("jeudi 31 décembre 2026") == 3
    assert sheet.count("Année 2026") == 3
    lot_funders = re.findall(r"Payé par (.*?) Pour ", sheet)
    assert len(lot_funders) == 3
    assert lot_funders[0].count(",") == 2


def test_booklet_pdf_frames_the_short_code_and_explains_it(few):
    _notice, sheet, _last = texts(drawn(few))
    assert sheet.count("Donnez le numéro et les 8 signes encadrés") == 3


def test_booklet_pdf_draws_the_square_code_of_the_code(few):
    page = Drawn(drawn(few), 1)
    expected = segno.make(few[0].code, error="q", micro=False, boost_error=False, mask=qr.MASK)
    side = len(expected.matrix)
    step = QR_SIDE / (side + 2 * qr.MARGIN)
    assert step * side >= 25
    for y, row in enumerate(expected.matrix):
        for x, is_dark in enumerate(row):
            at = (QR_LEFT + (x + qr.MARGIN + 0.5) * step, QR_TOP + (y + qr.MARGIN + 0.5) * step)
            assert page.is_black(*at) == bool(is_dark), (x, y)


def test_attack_32_the_square_code_holds_the_code_and_no_address(few):
    expected = segno.make(few[0].code, error="q", micro=False, boost_error=False, mask=qr.MASK)
    assert qr.matrix(few[0].code) == tuple(expected.matrix)
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{17}", few[0].code)
    assert "n’ouvre aucun site" in texts(drawn(few))[0]


def test_attack_29_the_notice_says_not_to_photograph_it(few):
    assert "N’en publiez jamais de photo" in texts(drawn(few))[0]


def test_booklet_pdf_names_nobody_unless_nominal(few):
    assert "Au nom de" not in " ".join(texts(drawn(few)))
    named = texts(drawn(few, holders={few[1].serial: "Odile #let Marchand"}))[1]
    assert named.count("Au nom de Odile #let Marchand") == 1


def test_booklet_pdf_leaves_a_line_for_the_telephone_or_prints_it(few):
    assert "05 36 49 00 31" in texts(drawn(few, phone="05 36 49 00 31"))[0]
    assert "Pour appeler" in texts(drawn(few))[0]


def test_booklet_pdf_keeps_long_names_within_the_voucher(few):
    lot = draft(
        count=3,
        face=1000,
        parts=[600] * 5,
        services=["Aider aux démarches administratives"] * 9,
    ).lot
    for part in lot.parts.select_related("tranche__funder"):
        funder = part.tranche.funder
        funder.name = f"Syndicat mixte {funder.pk} " + "intercommunal " * 8
        funder.save()
    sheet = texts(drawn(few, lot=lot))[-2]
    assert sheet.count("intercommunal") == 3 * 5 * 8
    assert sheet.count("et 3 autres") == 3
    assert sheet.count("La monnaie n’est pas rendue") == 3


def test_booklet_pdf_reads_in_english_too(few):
    lot = draft(count=3, face=1000).lot
    with translation.override("en"):
        pdf = booklet_pdf(lot=lot, booklets=[few], at=AT)
    assert b"/Lang(en)" in pdf
    assert "Booklet of 5 vouchers, no. 1 000 001 to 1 000 005" in texts(pdf)[0]


def test_number_words_groups_three_figures():
    assert words.number_words(7) == "7"
    assert words.number_words(1000123) == "1\u00a0000\u00a0123"


def test_day_words_says_the_first_of_the_month():
    with translation.override("fr"):
        assert words.day_words(datetime.date(2027, 1, 1)) == "vendredi 1er janvier 2027"
        assert words.day_words(datetime.date(2026, 12, 31)) == "jeudi 31 décembre 2026"
