"""What must stay true of session notes and follow-ups."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "pathways.note_needs_presence",
        "A session is noted only for someone who came.",
        """
        SELECT seat.ref, seat.state
          FROM pathways_sessionnote note
          JOIN agenda_registration seat ON seat.id = note.registration_id
         WHERE seat.state <> 'present' ORDER BY seat.ref
        """,
    ),
)


def declare() -> None:
    """Register the invariants of this app."""
    declare_invariants(*INVARIANTS)
