"""An association and its two people in charge of projects, before any project; the map of France."""

from typing import Any

from filiere.accounts.models import OrganisationKind, Role
from filiere.operations import demo
from filiere.operations.loop.world import invented_iban, organisation
from filiere.territories import services as territory_services
from tests.e2e.life_scene import _account

CARRIER = "Passerelles 94"


def play() -> dict[str, Any]:
    """Load it."""
    territory_services.load_reference(progress=lambda *_: None)
    holder = organisation(CARRIER, OrganisationKind.ASSOCIATION)
    _account("nora", "Nora Benali", holder, Role.CARRIER)
    _account("idriss", "Idriss Morel", holder, Role.CARRIER)
    return {"password": demo.PASSWORD, "iban": invented_iban(1)}
