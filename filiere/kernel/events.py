"""Facts one app publishes for the apps above it.

A lower app may not import a higher one. It publishes a frozen dataclass; the higher app
subscribes in its ``apps.ready()``. Handlers run at once, in the same transaction: if one refuses,
the fact did not happen. Handlers run lowest layer first, whatever the order of subscription.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction

# design.md §1, bottom to top. A handler's place is its app's.
LAYERS = [
    "kernel",
    "territories",
    "accounts",
    "ledger",
    "persons",
    "directory",
    "agreements",
    "skills",
    "agenda",
    "programmes",
    "pathways",
    "vouchers",
    "billing",
    "orientation",
    "settlement",
    "pooling",
    "funding",
    "projects",
    "equity",
    "observatory",
    "impact",
    "practices",
    "operations",
]

type_handlers: dict[type, list[tuple[int, Callable[[Any], None]]]] = defaultdict(list)


def subscribe(event: type, handler: Callable[[Any], None]) -> None:
    """Call ``handler(event)`` whenever an ``event`` is published. Subscribing twice is once."""
    entry = (LAYERS.index(handler.__module__.split(".")[1]), handler)
    if entry not in type_handlers[event]:
        type_handlers[event].append(entry)
        type_handlers[event].sort(key=lambda pair: pair[0])


def publish(event: object) -> None:
    """Tell every subscriber, in layer order, inside the caller's transaction.

    Raises:
        RuntimeError: called outside a transaction, where a refusal could not undo the fact.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{type(event).__name__} published outside a transaction")
    for _layer, handler in type_handlers[type(event)]:
        handler(event)
