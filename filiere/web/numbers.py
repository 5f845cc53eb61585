"""Numbers read from an address or a form, whatever somebody wrote there."""

MOST_DIGITS = 18


def whole(text: str) -> int | None:
    """Read a whole number that a database column can hold; None for anything else.

    Args:
        text: at most 18 decimal digits; a figure written above the line is no digit.
    """
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
