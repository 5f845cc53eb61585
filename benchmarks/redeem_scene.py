"""Active vouchers to redeem by the thousand: one programme, three funders, one lot."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

if TYPE_CHECKING:
    from filiere.programmes.models import Programme

AT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
ON = AT.date()
FACE_CENTS = 100_000_000
SERVICE = "Aider aux démarches administratives"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a redemption needs to be told; ``codes`` are those of the vouchers."""

    codes: list[str]
    provider_ids: list[int]
    commune_id: int

    def act(self, rank: int) -> dict[str, object]:
        """Describe one act, as ``vouchers.services.redeem`` wants it, but its reference."""
        return {
            "code": self.codes[rank % len(self.codes)],
            "provider_id": self.provider_ids[rank % len(self.provider_ids)],
            "wanted_cents": 700,
            "service": SERVICE,
            "commune_id": self.commune_id,
            "on": ON,
            "at": AT,
            "actor": "bench",
        }


PROVIDERS = 997


def build(*, vouchers: int, funders: int = 3, programmes: int = 1) -> Scene:
    """Make the lots through the services themselves, in the database in use.

    Each voucher is worth a million euros: no run empties one.

    Args:
        vouchers: in all, shared between the programmes.
        funders: of each programme, its own.
    """
    scenes = [_programme(vouchers=vouchers // programmes, funders=funders)]
    commune = scenes[0].commune_id
    while len(scenes) < programmes:
        scenes.append(_programme(vouchers=vouchers // programmes, funders=funders, near=commune))
    mixed = [code for row in zip(*(one.codes for one in scenes), strict=True) for code in row]
    with transaction.atomic():
        providers = [organisation(f"Lieu {commune} {rank}") for rank in range(PROVIDERS)]
    return Scene(mixed, providers, commune)


def _programme(*, vouchers: int, funders: int, near: int | None = None) -> Scene:
    """One programme, its funders and its active lot, around a new commune or a given one."""
    from filiere.programmes import services as programmes
    from filiere.territories.models import Kind, Territory
    from filiere.vouchers import services
    from filiere.vouchers.models import LotMode

    number = Territory.objects.count()
    if near is None:
        around = Territory.objects.create(
            kind=Kind.DEPARTEMENT, code=f"B{number}", name="Dép", folded="dep"
        )
        commune = Territory.objects.create(
            kind=Kind.COMMUNE, code=f"B{number + 1}", name="Bourg", folded="bourg",
            departement=around,
        )  # fmt: skip
    else:
        commune = Territory.objects.get(pk=near)
        around = Territory.objects.get(pk=commune.departement_id or 0)
    programme = programmes.create_programme(
        commissioner_id=organisation(f"Commanditaire {number}"),
        name="Essai",
        territory_ids=[around.pk],
        services=[SERVICE],
        starts_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2027, 12, 31),
        actor="bench",
        at=AT,
        is_invented=True,
    )
    lot = services.create_lot(
        programme=programme,
        count=vouchers,
        face_cents=FACE_CENTS,
        use_until=dt.date(2026, 12, 31),
        parts=fund(programme, total_cents=vouchers * FACE_CENTS, funders=funders),
        mode=LotMode.BEARER,
        at=AT,
        actor="bench",
    )
    issued = services.generate_vouchers(lot=lot, at=AT, actor="bench")
    services.ask_reach_override(lot=lot, reason="benchmark", at=AT, actor="first")
    services.confirm_reach_override(lot=lot, at=AT, actor="second")
    services.activate_lot(lot=lot, at=AT, actor="bench")
    return Scene([one.code for one in issued], [], commune.pk)


def organisation(name: str) -> int:
    """Make an invented organisation; give its id."""
    from filiere.accounts.models import Organisation

    return Organisation.objects.create(name=name, folded=name.lower(), is_invented=True).pk


def fund(programme: "Programme", *, total_cents: int, funders: int) -> dict[int, int]:
    """Promise and receive a total from several funders: tranche id → cents."""
    from filiere.programmes import services as programmes

    parts = [total_cents // funders] * (funders - 1)
    parts.append(total_cents - sum(parts))
    paid = {}
    for rank, cents in enumerate(parts):
        tranche = programmes.promise_tranche(
            programme=programme,
            funder_id=organisation(f"Financeur {programme.pk} {rank}"),
            cap_cents=cents,
            actor="bench",
            at=AT,
        )
        programmes.confirm_receipt(
            tranche=tranche,
            amount_cents=cents,
            received_on=ON,
            bank_reference=f"BENCH-{programme.pk}-{rank}",
            actor="bench",
            at=AT,
        )
        paid[tranche.pk] = cents
    return paid
