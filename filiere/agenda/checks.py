"""What must stay true of units, slots and seats."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "agenda.unit_in_one_place_at_a_time",
        "No unit has two live occupations at the same moment.",
        """
        SELECT 'unit:' || one.unit_id, one.during, other.during
          FROM agenda_occupation one
          JOIN agenda_occupation other
            ON other.unit_id = one.unit_id AND other.id > one.id AND other.during && one.during
         WHERE NOT one.released AND NOT other.released ORDER BY one.id
        """,
    ),
    Invariant(
        "agenda.seat_exists",
        "No one sits in a seat the slot does not have, nor two in one seat.",
        """
        SELECT 'slot:' || slot.id, count(*), slot.seats
          FROM agenda_slot slot
          JOIN agenda_registration seat ON seat.slot_id = slot.id
           AND seat.state IN ('held', 'confirmed', 'present', 'absent')
         GROUP BY slot.id
        HAVING count(*) > slot.seats OR max(seat.seat) > slot.seats
            OR count(DISTINCT seat.seat) < count(*)
         ORDER BY slot.id
        """,
    ),
    Invariant(
        "agenda.live_slot_occupies_its_worker",
        "Every slot that is not cancelled occupies its worker for its whole time.",
        """
        SELECT 'slot:' || slot.id, slot.starts_at
          FROM agenda_slot slot
         WHERE slot.state <> 'cancelled' AND NOT EXISTS (
               SELECT 1 FROM agenda_occupation taken
                WHERE taken.slot_id = slot.id AND taken.unit_id = slot.worker_id
                  AND NOT taken.released
                  AND taken.during @> tstzrange(slot.starts_at, slot.ends_at))
         ORDER BY slot.id
        """,
    ),
)


def declare() -> None:
    """Register the invariants of this app."""
    declare_invariants(*INVARIANTS)
