"""Invented lots and vouchers, made through the services themselves."""

import datetime
import random
from dataclasses import dataclass

from filiere.accounts.models import Organisation
from filiere.persons.models import Person
from filiere.programmes.models import Tranche
from filiere.territories.models import Territory
from filiere.vouchers import services
from filiere.vouchers.models import Lot
from tests.programmes.factories import (
    AT,
    commune_of_departement,
    organisation,
    programme,
    tranche,
)

ON = datetime.date(2026, 11, 24)


@dataclass
class Scene:
    """A lot, its codes, a provider and a commune where it may be used."""

    lot: Lot
    issued: list[services.IssuedCode]
    tranches: list[Tranche]
    provider: Organisation
    commune: Territory

    def redeem(self, code: str | None = None, **overrides) -> services.Redeemed:
        defaults = {
            "code": code or self.issued[0].code,
            "reference": "R-1",
            "provider_id": self.provider.pk,
            "wanted_cents": 1000,
            "service": "Aider aux démarches administratives",
            "commune_id": self.commune.pk,
            "on": ON,
            "at": AT,
            "actor": "test",
        }
        return services.redeem(**defaults | overrides)


def seeded(seed: int = 7):
    return random.Random(seed).randbytes


def draft(
    *,
    count: int = 3,
    face: int = 5000,
    parts: list[int] | None = None,
    cash: list[int] | None = None,
    use_until: datetime.date = datetime.date(2026, 12, 31),
    seed: int = 7,
    lot_terms: dict | None = None,
    **fields,
) -> Scene:
    """A generated lot, not active; ``parts`` are cents per funder, all received by default."""
    commune, departement = commune_of_departement()
    made = programme(**{"territory_ids": [departement.pk]} | fields)
    parts = parts or [count * face]
    cash = parts if cash is None else cash
    tranches = [tranche(made, cap=sum(parts), cash=cents) for cents in cash]
    lot = services.create_lot(
        programme=made,
        count=count,
        face_cents=face,
        use_until=use_until,
        parts={t.pk: cents for t, cents in zip(tranches, parts, strict=True)},
        at=AT,
        actor="test",
        **lot_terms or {},
    )
    issued = services.generate_vouchers(lot=lot, at=AT, actor="test", random_bytes=seeded(seed))
    scene = Scene(lot, issued, tranches, organisation("Médiation"), commune)
    entrust(lot, scene.provider.pk)
    answer_for_reach(lot)
    return scene


def active(**fields) -> Scene:
    """A lot whose vouchers can be used."""
    scene = draft(**fields)
    scene.lot = services.activate_lot(lot=scene.lot, at=AT, actor="test")
    return scene


def answer_for_reach(lot: Lot) -> None:
    """Two people answer for a lot of invented communes, where nobody measured any reach."""
    services.ask_reach_override(lot=lot, reason="essai", at=AT, actor="first")
    services.confirm_reach_override(lot=lot, at=AT, actor="second")


def entrust(lot: Lot, organisation_id: int | None, **numbers) -> int:
    """Let an organisation hand out a lot, or some of its booklets."""
    return services.entrust(
        lot=lot, organisation_id=organisation_id, at=AT, actor="test", **numbers
    )


def person() -> Person:
    return Person.objects.create(created_at=AT, last_contact_on=ON, is_invented=True)
