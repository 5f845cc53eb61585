import datetime
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.settlement.bank_file import (
    NAMESPACE,
    Debtor,
    Transfer,
    control_sum,
    write_bank_file,
)
from filiere.settlement.errors import BankFileRefused

AT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC)
DEBTOR = Debtor("Hub de la Creuse", "FR7630006000011234567890189", "AGRIFRPP")


def transfer(number=1, cents=1000, name="Médiathèque « L’Œuvre »", bic="PSSTFRPP"):
    return Transfer(
        name, "FR1420041010050500013M02606", bic, cents, f"VIR-1-{number:06}-1", "Séances d’aide"
    )


def written(transfers, **overrides):
    fields = {"label": "VIR-1", "debtor": DEBTOR, "created_at": AT, "execute_on": AT.date()}
    return write_bank_file(**fields | overrides, transfers=transfers)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None)
def test_write_bank_file_is_valid_and_its_control_sum_is_the_total(amounts):
    text = written([transfer(rank, cents) for rank, cents in enumerate(amounts, 1)])
    assert control_sum(text) == sum(amounts)


def test_write_bank_file_twice_gives_the_same_bytes():
    transfers = [transfer(1), transfer(2, 5)]
    assert written(transfers) == written(transfers)


def test_attack_66_names_are_written_with_the_characters_of_sepa():
    text = written([transfer(name="Œuvre « Élan » & Cie 日本 " + "x" * 90)])
    name = ET.fromstring(text.encode()).find(f".//{{{NAMESPACE}}}Cdtr/{{{NAMESPACE}}}Nm").text
    assert len(name) <= 70
    assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ ]+", name)
    assert name.startswith("OEuvre ' Elan ' + Cie")


def test_write_bank_file_without_bic_of_the_provider_is_valid():
    assert "Cdtr" in written([transfer(bic="")])


def test_write_bank_file_refuses_what_the_schema_refuses():
    with pytest.raises(BankFileRefused) as refused:
        written([transfer()], debtor=Debtor("Hub", "XX", "AGRIFRPP"))
    assert refused.value.parameters["reason"]
