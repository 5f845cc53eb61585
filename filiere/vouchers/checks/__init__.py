"""What must always be true of vouchers and of what devices sent, checked on the stored state."""

from filiere.kernel.checks import declare as declare_invariants
from filiere.vouchers.checks import devices, vouchers


def declare() -> None:
    """Register these statements; called once when the app is ready."""
    declare_invariants(*vouchers.INVARIANTS, *devices.INVARIANTS)
