import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.codes import (
    ALPHABET,
    REFERENCE_LENGTH,
    VOUCHER_LENGTH,
    check_symbol,
    code_from_random,
    format_code,
    is_well_formed,
    normalise,
    read_code,
)

CODES = st.binary(min_size=10, max_size=10).map(code_from_random)
REFERENCES = st.binary(min_size=5, max_size=5).map(
    lambda bytes_: code_from_random(bytes_, REFERENCE_LENGTH)
)


@given(code=CODES, position=st.integers(0, 16), symbol=st.sampled_from(ALPHABET))
def test_check_symbol_catches_every_substitution(code, position, symbol):
    changed = code[:position] + symbol + code[position + 1 :]

    assert is_well_formed(changed, VOUCHER_LENGTH) == (changed == code)


@given(code=CODES, first=st.integers(0, 16), second=st.integers(0, 16))
def test_check_symbol_catches_every_transposition(code, first, second):
    symbols = list(code)
    symbols[first], symbols[second] = symbols[second], symbols[first]
    changed = "".join(symbols)

    assert is_well_formed(changed, VOUCHER_LENGTH) == (changed == code)


def test_check_symbol_catches_all_single_faults_of_one_reference():
    code = code_from_random(b"\x3d\x9c\x41\x7e\xa2", REFERENCE_LENGTH)
    faults = {
        code[:position] + symbol + code[position + 1 :]
        for position in range(REFERENCE_LENGTH)
        for symbol in ALPHABET
    } - {code}

    assert len(faults) == REFERENCE_LENGTH * 31
    assert not any(is_well_formed(fault, REFERENCE_LENGTH) for fault in faults)


@given(code=REFERENCES)
def test_read_code_reads_what_format_code_printed(code):
    printed = format_code(code, prefix="OR")

    assert printed.startswith("OR-")
    assert read_code(printed.lower(), length=REFERENCE_LENGTH, prefix="OR") == code
    assert read_code(f"  {code} ", length=REFERENCE_LENGTH, prefix="OR") == code


@given(text=st.text())
def test_normalise_is_stable(text):
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("o0Q-iIl1", "00Q1111"),
        ("7F3K\u00a028Q3", "7F3K28Q3"),
        ("7f3k.28q3\n", "7F3K28Q3"),
        ("u-V", "VV"),
        ("", ""),
    ],
)
def test_normalise(typed, expected):
    assert normalise(typed) == expected


def test_voucher_codes_are_printed_in_groups_of_four():
    assert format_code(code_from_random(bytes(range(10)))) == "000G-40R4-0M30-E209-J"


@pytest.mark.parametrize("code", ["", "0", "7F3K28Q4", "7F3K28Q", "7F3K28Q33", "7F3K28É3"])
def test_is_well_formed_refuses_anything_else(code):
    assert not is_well_formed(code, REFERENCE_LENGTH)


@pytest.mark.parametrize(
    ("body", "message"), [("", "1 to 30"), ("0" * 31, "1 to 30"), ("U", "'U'")]
)
def test_check_symbol_refuses_a_wrong_body(body, message):
    with pytest.raises(ValueError, match=message):
        check_symbol(body)


def test_code_from_random_refuses_too_few_bytes_or_a_wrong_length():
    with pytest.raises(ValueError, match="9 bytes are too few for 16 symbols"):
        code_from_random(bytes(9))
    with pytest.raises(ValueError, match="2 to 31 symbols, not 32"):
        code_from_random(bytes(40), 32)
