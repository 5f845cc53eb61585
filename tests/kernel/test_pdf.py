"""Text is data: whatever is written comes out as written, and never runs."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.kernel import pdf
from tests.conftest import AT
from tests.pdf_reading import sizes, texts

LETTER = {
    "title": "Reçu OR-1",
    "author": "Lieu inventé",
    "language": "fr",
    "kind": "Reçu",
    "reference": "OR-1",
    "territory": "Creuse",
    "on": "mardi 24 novembre 2026",
    "heading": "Vous n’avez rien à payer",
    "blocks": [],
    "foot": "",
}


def letter(*blocks, **fields) -> bytes:
    return pdf.compile_pdf(pdf.LETTERHEAD, LETTER | {"blocks": list(blocks)} | fields, at=AT)


def text(words: str) -> dict[str, str]:
    return {"is": "text", "text": words}


def test_compile_pdf_gives_a4_archivable_tagged_french():
    drawn = letter(text("Bonjour"))
    assert sizes(drawn) == [(210, 297)]
    assert b"<pdfaid:part>2</pdfaid:part>" in drawn
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in drawn
    assert b"<pdfuaid:part>1</pdfuaid:part>" in drawn
    assert b"/Lang(fr)" in drawn


def test_compile_pdf_same_data_same_moment_same_bytes():
    later = AT + datetime.timedelta(seconds=1)
    assert letter(text("Bonjour")) == letter(text("Bonjour"))
    assert letter(text("Bonjour")) != pdf.compile_pdf(
        pdf.LETTERHEAD, LETTER | {"blocks": [text("Bonjour")]}, at=later
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "#let x = 1",
        '#panic("non")',
        '#read("/kernel/pdf.py")',
        '#import "@preview/cetz:0.3.0"',
        "*gras* _penché_ `code` $x^2$",
        "@reference <etiquette> https://exemple.fr // fin /* fin */",
        "= titre",
        "]]})} \\u{41} \\",
        "Anti" + "constitutionnellement" * 2,
    ],
)
def test_compile_pdf_prints_markup_as_it_is_written(hostile):
    everywhere = letter(
        text(hostile),
        {"is": "heading", "text": hostile},
        {"is": "amounts", "rows": [[hostile, "1,00 €"]], "total": [hostile, "1,00 €"]},
        {"is": "facts", "rows": [[hostile, hostile]]},
        {"is": "steps", "items": [hostile]},
        {"is": "warning", "text": hostile},
        {"is": "table", "head": ["A", "B"], "rows": [[hostile, "1"]]},
    )
    said = "".join(texts(everywhere)).replace(" ", "").replace("\ufffe", "-")
    assert said.count(hostile.replace(" ", "")) >= 8


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="#*_$@`<>[](){}\\/=+~'\"&%;:,.!?^|aàéœ1 ", min_size=1, max_size=45))
def test_compile_pdf_any_punctuation_comes_out_unchanged(words):
    said = "".join(texts(letter(text("‹" + words + "›")))).replace(" ", "")
    assert "‹" + "".join(words.split()) + "›" in said


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_compile_pdf_any_text_at_all_is_drawn(words):
    assert letter(text(words), title="x" + words, heading="x" + words).startswith(b"%PDF-")


def test_compile_pdf_a_word_longer_than_the_page_stays_on_the_page():
    assert sizes(letter(text("x" * 3000))) == [(210, 297)]


@pytest.mark.parametrize("written", ["李明", "😀", "\ue000", "\x00", "\ud800"])
def test_compile_pdf_a_character_no_font_has_does_not_stop_it(written):
    assert "Bonjour" in "".join(texts(letter(text(f"Bonjour {written}"))))


def test_compile_pdf_nothing_written_turns_the_reading_order_round():
    said = texts(letter(text("Payer \u202e00,01\u202c euros")))[0]
    assert "Payer 00,01 euros" in said


def test_compile_pdf_failure_does_not_repeat_what_was_to_be_printed():
    with pytest.raises(pdf.PdfFailed) as refused:
        letter({"is": "SECRET-7F3K"})
    assert "SECRET" not in str(refused.value) + repr(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert "document.typ:" in refused.value.sentence


def test_compile_pdf_refuses_a_float_an_object_and_a_naive_moment():
    with pytest.raises(TypeError, match="float"):
        letter(text("a"), amount=1.5)
    with pytest.raises(TypeError, match="not a plain value"):
        letter(text("a"), path=Path("x"))
    with pytest.raises(ValueError, match="aware"):
        pdf.compile_pdf(pdf.LETTERHEAD, LETTER, at=datetime.datetime(2026, 1, 1))
