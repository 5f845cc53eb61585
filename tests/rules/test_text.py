import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.text import fold, similar, sort_key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE", "saint etienne"),
        ("St. Étienne", "saint etienne"),
        ("Ste-Feyre", "sainte feyre"),
        ("Brest", "brest"),
        ("L’Haÿ-les-Roses", "l'hay les roses"),
        ("Bœuf & Cæsar", "boeuf & caesar"),
        ("  Trop   d'espace\u00a0 ", "trop d'espace"),
        ("", ""),
    ],
)
def test_fold(text, expected):
    assert fold(text) == expected


@given(text=st.text())
def test_fold_is_stable_and_blind_to_the_unicode_form(text):
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_sort_key_orders_as_people_read():
    names = ["Zoé", "école 10", "École 9", "L'Étoile", "Eu", "œuvre", "La Poste"]

    assert sorted(names, key=sort_key) == [
        "École 9", "école 10", "Eu", "L'Étoile", "La Poste", "œuvre", "Zoé",
    ]  # fmt: skip


@given(a=st.text(), b=st.text())
def test_similar_is_symmetric_and_bounded(a, b):
    assert similar(a, b) == similar(b, a)
    assert 0.0 <= similar(a, b) <= 1.0


def test_similar_suggests_the_right_commune():
    communes = ["Guéret", "Guérande", "Gueux", "Limoges"]

    assert max(communes, key=lambda name: similar("Gueretz", name)) == "Guéret"
    assert similar("Gueretz", "Guéret") > 0.3
    assert similar("", "") == 0.0
