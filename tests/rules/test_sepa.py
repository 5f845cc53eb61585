import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.sepa import end_to_end_id, sepa_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Médiathèque de Guéret", "Mediatheque de Gueret"),
        ("L’Œuvre & Cie", "L'OEuvre + Cie"),
        ("Espace n°1 – 10 €", "Espace no1 - 10 EUR"),
        ("a\n\tb", "a b"),
        ("//a//b//", "a/b"),
        ("日本", ""),
    ],
)
def test_sepa_text(text, expected):
    assert sepa_text(text) == expected


@given(text=st.text(), length=st.integers(1, 140))
def test_sepa_text_only_writes_what_banks_accept(text, length):
    written = sepa_text(text, length)

    assert len(written) <= length
    assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ ]*", written)
    assert "//" not in written
    assert written == written.strip(" /")
    assert sepa_text(written, length) == written


def test_end_to_end_id_differs_for_each_order_and_attempt():
    ids = {
        end_to_end_id(batch="RG-1", position=position, attempt=attempt)
        for position in (1, 2, 11)
        for attempt in (1, 2)
    }

    assert len(ids) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch": "rg", "position": 1}, "capitals"),
        ({"batch": "RG", "position": 0}, "position is not between"),
        ({"batch": "RG", "position": 1, "attempt": 0}, "attempt is under 1"),
        ({"batch": "R" * 30, "position": 1}, "longer than 35"),
    ],
)
def test_end_to_end_id_refuses_a_wrong_argument(arguments, message):
    with pytest.raises(ValueError, match=message):
        end_to_end_id(**arguments)


def test_sepa_text_refuses_an_empty_length():
    with pytest.raises(ValueError, match="max_length is under 1"):
        sepa_text("a", 0)
