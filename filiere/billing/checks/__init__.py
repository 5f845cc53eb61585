"""What must always be true of what is charged, invoiced and taken, checked on the stored state."""

from filiere.billing.checks import charges, guarantees, invoices, observed, receivables, tills
from filiere.kernel.checks import declare as declare_invariants


def declare() -> None:
    """Register the invariants of this app; called once when it is ready."""
    for room in (charges, guarantees, invoices, observed, receivables, tills):
        declare_invariants(*room.INVARIANTS)
