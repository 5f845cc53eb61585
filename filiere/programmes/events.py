"""What programmes tell the apps above them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatementImported:
    """New lines of the ring-fenced account are known; published in the importing transaction."""

    statement_id: int
