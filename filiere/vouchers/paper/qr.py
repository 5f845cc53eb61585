"""QR codes for paper: drawn fast, square by square, with their white margin.

What a code holds is never an address: a telephone that reads it has nowhere to go, and our own
reader takes only a voucher's code from it.
"""

import segno

MARGIN = 4  # white modules around, as the standard asks (ISO/IEC 18004)
SHORT = 25  # characters of the smallest squares, which can afford more repair
MASK = 3  # a fixed mask is four times as fast as trying the eight; every reader undoes any of them
OVERLAP = "1.03"  # rows overlap a little: no white hair between them on a screen


def matrix(text: str) -> tuple[bytearray, ...]:
    """Compute the modules, row by row, 1 is black; without margin.

    Args:
        text: the code without separators, or the text of a signed one. A long text is repaired
            less (15 % of it, not 25), so that its modules stay large enough for a telephone.
    """
    level = "q" if len(text) <= SHORT else "m"
    made = segno.make(text, error=level, micro=False, boost_error=False, mask=MASK)
    return tuple(made.matrix)


def svg(text: str) -> str:
    """Draw the code as SVG: one black path, rows of runs, four white modules around."""
    rows = matrix(text)
    side = len(rows) + 2 * MARGIN
    runs: list[str] = []
    for y, row in enumerate(rows, MARGIN):
        x = row.find(1)
        while x >= 0:
            end = row.find(0, x)
            end = len(row) if end < 0 else end
            runs.append(f"M{x + MARGIN} {y}h{end - x}v{OVERLAP}h{x - end}z")
            x = row.find(1, end)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{"".join(runs)}"/></svg>'
    )
