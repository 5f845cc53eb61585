"""What must stay true of who people are."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "persons.identity_needs_consent",
        "A name is kept only while the person's latest answer is yes.",
        """
        SELECT 'person:' || identity.person_id, latest.given
          FROM persons_identity identity
          LEFT JOIN LATERAL (
               SELECT given FROM persons_consent consent
                WHERE consent.person_id = identity.person_id
                  AND consent.purpose = 'keep_identity'
                ORDER BY consent.at DESC, consent.id DESC LIMIT 1) AS latest ON true
         WHERE latest.given IS NOT TRUE ORDER BY identity.person_id
        """,
    ),
)


def declare() -> None:
    """Register the invariants of this app."""
    declare_invariants(*INVARIANTS)
