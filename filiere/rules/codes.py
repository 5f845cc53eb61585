"""Codes people read, say and type: alphabet, check symbol, forgiving reading.

A code is a body of symbols drawn at random followed by one check symbol. The alphabet has 32
symbols and none of the letters I, L, O, U. The check symbol is a weighted sum over the field of
32 elements, so that any one wrong symbol and any two swapped symbols are always noticed.

Source: alphabet by Douglas Crockford (Base 32); check symbol: weights that are powers of a
primitive element of GF(32), our own choice, up to 31 symbols in all.
"""

VOUCHER_LENGTH = 17
"""Symbols of a voucher's secret code: 16 drawn at random (80 bits) and the check symbol."""

REFERENCE_LENGTH = 8
"""Symbols of a spoken reference (referral ``OR-7F3K-28Q3``): 7 drawn (35 bits) and the check."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_MAX_LENGTH = 31
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_GROUP = 4


def _times_x(value: int) -> int:
    """Multiply a field element by the primitive element."""
    doubled = value << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled & 0b100000 else doubled


def normalise(text: str) -> str:
    """Bring what a person typed to the symbols of the code.

    Upper-cases, drops spaces, hyphens and other separators, reads O as 0, I and L as 1, U as V.
    Characters that belong to no code are kept, so that ``is_well_formed`` refuses them.

    Args:
        text: what was typed, pasted, scanned or said.

    Returns:
        The symbols without separators; empty when nothing was typed.

    Source: Crockford's Base 32 decoding table; U read as V is our own addition.

    >>> normalise(" 7f3k-28q4 ")
    '7F3K28Q4'
    >>> normalise("oIl u")
    '011V'
    """
    kept = [symbol for symbol in text.upper() if symbol.isalnum()]
    return "".join(kept).translate(_MISREAD)


def check_symbol(body: str) -> str:
    """Compute the check symbol that closes a body.

    Args:
        body: normalised symbols, 1 to 30 of them.

    Returns:
        One symbol of the alphabet.

    Raises:
        ValueError: the body is empty, too long, or holds a symbol outside the alphabet.

    Source: weighted sum over GF(32), the rightmost symbol of the body weighing the primitive
    element, each symbol to its left once more; the check symbol weighs one.

    >>> check_symbol("7F3K28Q")
    '3'
    """
    if not 1 <= len(body) < _MAX_LENGTH:
        raise ValueError(f"a body has 1 to {_MAX_LENGTH - 1} symbols, not {len(body)}")
    total = 0
    for symbol in body:
        if symbol not in _VALUE:
            raise ValueError(f"not a symbol of the alphabet: {symbol!r}")
        total = _times_x(total ^ _VALUE[symbol])
    return ALPHABET[total]


def is_well_formed(code: str, length: int) -> bool:
    """Say whether a normalised code has the right length, symbols and check symbol.

    Args:
        code: result of ``normalise``.
        length: number of symbols expected, check symbol included (2 to 31).

    Returns:
        False for anything mistyped; True never means that the code exists.

    Source: see ``check_symbol``.

    >>> is_well_formed("7F3K28Q3", 8), is_well_formed("7F3K283Q", 8)
    (True, False)
    """
    if len(code) != length or length < 2 or any(symbol not in _VALUE for symbol in code):
        return False
    return check_symbol(code[:-1]) == code[-1]


def format_code(code: str, prefix: str = "") -> str:
    """Write a code in groups of four, as it is printed and read aloud.

    Args:
        code: normalised symbols.
        prefix: letters written before, such as ``OR``; not part of the code.

    Returns:
        Groups separated by hyphens.

    Source: our own choice.

    >>> format_code("7F3K28Q3", prefix="OR")
    'OR-7F3K-28Q3'
    """
    groups = [code[start : start + _GROUP] for start in range(0, len(code), _GROUP)]
    return "-".join([prefix, *groups] if prefix else groups)


def read_code(text: str, *, length: int, prefix: str = "") -> str | None:
    """Read what a person typed as a code, with or without its printed prefix.

    Args:
        text: what was typed, pasted, scanned or said.
        length: number of symbols of the code, check symbol included.
        prefix: letters printed before the code, ignored when present.

    Returns:
        The normalised code, or None when it cannot be one (wrong length, symbol or check).

    Source: our own choice.

    >>> read_code("or 7f3k 28q3", length=8, prefix="OR")
    '7F3K28Q3'
    >>> read_code("7F3K-28Q4", length=8) is None
    True
    """
    code = normalise(text)
    printed = normalise(prefix)
    if printed and len(code) == length + len(printed) and code.startswith(printed):
        code = code[len(printed) :]
    return code if is_well_formed(code, length) else None


def code_from_random(bytes_: bytes, length: int = VOUCHER_LENGTH) -> str:
    """Turn random bytes into a code closed by its check symbol.

    The bytes come from the caller (``secrets.token_bytes``), so that the rule stays pure.

    Args:
        bytes_: at least 5 bits per symbol of the body: 10 bytes for a voucher, 5 for a reference.
        length: number of symbols of the code, check symbol included (2 to 31).

    Returns:
        The code, without separators.

    Raises:
        ValueError: too few bytes, or a length outside its range.

    Source: Crockford's Base 32, five bits per symbol, most significant first.

    >>> code_from_random(bytes(10))
    '00000000000000000'
    """
    if not 2 <= length <= _MAX_LENGTH:
        raise ValueError(f"a code has 2 to {_MAX_LENGTH} symbols, not {length}")
    wanted = 5 * (length - 1)
    spare = 8 * len(bytes_) - wanted
    if spare < 0:
        raise ValueError(f"{len(bytes_)} bytes are too few for {length - 1} symbols")
    number = int.from_bytes(bytes_, "big") >> spare
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(wanted - 5, -1, -5))
    return body + check_symbol(body)


_TWO = tuple(high + low for high in ALPHABET for low in ALPHABET)


def _check_tables() -> tuple[tuple[int, ...], ...]:
    """What each pair of symbols of a voucher's body adds to the check symbol: a linear sum."""
    tables = []
    for rank in range(8):
        table = []
        for pair in range(1024):
            total = _times_x(_times_x(pair >> 5) ^ pair & 31)
            for _ in range(2 * (7 - rank)):
                total = _times_x(total)
            table.append(total)
        tables.append(tuple(table))
    return tuple(tables)


_CHECKS = _check_tables()


def voucher_code(bytes_: bytes) -> str:
    """Turn exactly 10 bytes into a voucher's code, as ``code_from_random`` but faster.

    A lot may hold a million vouchers, and the check symbol is a sum without carry: what each pair
    of symbols adds to it is worked out once.

    Args:
        bytes_: 10 bytes, drawn or derived by the caller.

    Returns:
        The code, without separators.

    Raises:
        ValueError: not 10 bytes.

    Source: see ``code_from_random`` and ``check_symbol``.

    >>> voucher_code(b"0123456789") == code_from_random(b"0123456789")
    True
    """
    if len(bytes_) != 10:
        raise ValueError(f"a voucher's code has 10 bytes, not {len(bytes_)}")
    number = int.from_bytes(bytes_, "big")
    a, b, c, d = number >> 70, number >> 60 & 1023, number >> 50 & 1023, number >> 40 & 1023
    e, f, g, h = number >> 30 & 1023, number >> 20 & 1023, number >> 10 & 1023, number & 1023
    check_a, check_b, check_c, check_d, check_e, check_f, check_g, check_h = _CHECKS
    check = (
        check_a[a] ^ check_b[b] ^ check_c[c] ^ check_d[d]
        ^ check_e[e] ^ check_f[f] ^ check_g[g] ^ check_h[h]
    )  # fmt: skip
    two = _TWO
    body = two[a] + two[b] + two[c] + two[d] + two[e] + two[f] + two[g] + two[h]
    return body + ALPHABET[check]
