"""The nine links of the chain: a closed list, with the three levels of service of the third.

Every actor, tool, euro and hour is tagged with one of them.

Source: Stratégie nationale pour un numérique inclusif (2018), « Restitution des débats »: the
value chain of digital mediation (C02).
"""

from enum import StrEnum


class Link(StrEnum):
    """One link of the chain; the value is what is stored."""

    DIAGNOSIS = "1"
    ORIENTATION = "2"
    EMERGENCIES = "3a"
    INCLUSION = "3b"
    CULTURE = "3c"
    RESOURCES = "4"
    TRAINING = "5"
    MEDIATOR_CERTIFICATION = "6"
    ACTOR_CERTIFICATION = "7"
    EQUITY = "8"
    FOLLOW_UP = "9"


class ServiceKind(StrEnum):
    """The three levels of service to persons: emergency, inclusion, culture.

    « Emergency » describes a request (its deadline, its procedure), never a person.
    """

    EMERGENCY = "3a"
    INCLUSION = "3b"
    CULTURE = "3c"

    @property
    def link(self) -> Link:
        """The link of the chain this level of service belongs to."""
        return Link(self.value)
