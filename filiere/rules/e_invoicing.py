"""When electronic invoices become a duty: a dated decision aid, not legal advice.

Source: ``e_invoicing.*`` in ``data/parameters.yaml``.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from filiere.rules import parameters
from filiere.rules.parameters import Confidence
from filiere.rules.vat import Treatment

TAXED = (Treatment.STANDARD, Treatment.FRANCHISE)


class Size(StrEnum):
    """Size of an enterprise, as the calendar counts it (decree 2008-1354)."""

    MICRO = "micro"
    SMALL = "small"
    MIDDLE = "middle"
    LARGE = "large"


class Stance(StrEnum):
    """Where one stands towards a duty on a day."""

    IN_FORCE = "in_force"
    COMING = "coming"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: ``key`` is receive, issue or report; ``from_on`` its first day."""

    key: str
    stance: Stance
    from_on: date
    source: str
    confidence: Confidence


def duties(treatment: Treatment, size: Size, *, on: date) -> tuple[Duty, ...]:
    """Tell which duties hold for an issuer on a day, which come, which do not concern it.

    Every body subject to value added tax must receive, exempt ones included; operations exempt
    under article 261 are outside issuing and reporting; a body that is not subject is outside all.

    Args:
        treatment: the issuer's ordinary one.

    Source: ordonnance 2021-1190, then loi de finances 2024, art. 91; see the parameters.

    >>> [(one.key, str(one.stance)) for one in duties(
    ...     Treatment.FRANCHISE, Size.MICRO, on=date(2026, 11, 22))]
    [('receive', 'in_force'), ('issue', 'coming'), ('report', 'coming')]
    """
    group = "large" if size in (Size.LARGE, Size.MIDDLE) else "small"
    found = []
    for key, name, concerned in (
        ("receive", "e_invoicing.receive", treatment != Treatment.NOT_SUBJECT),
        ("issue", f"e_invoicing.issue_{group}", treatment in TAXED),
        ("report", f"e_invoicing.issue_{group}", treatment in TAXED),
    ):
        parameter = parameters.all_parameters()[name]
        starts = parameter.values[0][0]
        if not concerned:
            stance = Stance.OUTSIDE
        else:
            stance = Stance.IN_FORCE if starts <= on else Stance.COMING
        # That exempt operations are outside is from memory: to verify with one's adviser.
        sure = parameter.confidence if concerned else Confidence.MEMORY
        found.append(Duty(key, stance, starts, parameter.legal_ref, sure))
    return tuple(found)
