"""What an operator earns for running a programme. Pure functions; money is integer euro cents.

Source: our own choice, after the practice of voucher programmes (a rate of the face value paid
upstream by whoever orders them, never taken from the provider).
"""

from filiere.rules.money import Cents

BASIS_POINTS = 10_000
MOST_BASIS_POINTS = 2_000


def commission_earned(
    *, settled_cents: int, uses: int, basis_points: int, cents_per_use: int
) -> Cents:
    """Give all that an operator earned since a programme began, rounded down to the cent.

    It is computed on the whole, never use by use: what is taken in many times adds up to the cent.
    The rate includes all taxes: value added tax is due on the commission, never on vouchers.

    Args:
        settled_cents: what vouchers paid to providers so far, >= 0.
        uses: how many uses that was, >= 0.
        basis_points: hundredths of a percent of what is settled, 0 to 2,000.
        cents_per_use: for each use, >= 0.

    Raises:
        ValueError: an argument is outside its range (a caller's bug).

    Source: our own choice.

    >>> commission_earned(settled_cents=123_45, uses=7, basis_points=400, cents_per_use=10)
    563
    """
    if min(settled_cents, uses, basis_points, cents_per_use) < 0:
        raise ValueError("an amount, a number or a rate is negative")
    if basis_points > MOST_BASIS_POINTS:
        raise ValueError(f"basis_points is over {MOST_BASIS_POINTS}: {basis_points}")
    return Cents(settled_cents * basis_points // BASIS_POINTS + uses * cents_per_use)
