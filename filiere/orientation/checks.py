"""What must stay true of referrals."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "orientation.open_referral_asks_one_place",
        "An open referral asks exactly one place; a closed one asks none.",
        """
        SELECT referral.ref, referral.state, count(attempt.id)
          FROM orientation_referral referral
          LEFT JOIN orientation_attempt attempt
            ON attempt.referral_id = referral.id AND attempt.state = 'asked'
         GROUP BY referral.id
        HAVING count(attempt.id) <> CASE referral.state WHEN 'open' THEN 1 ELSE 0 END
         ORDER BY referral.ref
        """,
    ),
    Invariant(
        "orientation.exhausted_referral_is_counted",
        "Every referral that no place could take is counted as an unmet need.",
        """
        SELECT referral.ref, referral.sent_at
          FROM orientation_referral referral
          LEFT JOIN orientation_unmetneed need ON need.referral_id = referral.id
         WHERE referral.state = 'exhausted' AND need.id IS NULL ORDER BY referral.ref
        """,
    ),
)


def declare() -> None:
    """Register the invariants of this app."""
    declare_invariants(*INVARIANTS)
