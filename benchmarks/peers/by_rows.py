"""The same redemption written row by row with the ORM, as one would without functions.

Same tables, same rules, same rows written, under the owner's login: the application's may not.
"""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from uuid import uuid4

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from filiere.ledger.models import Account, PostingGroup, Transfer
from filiere.rules import codes
from filiere.rules.money import take_in_proportion
from filiere.territories.models import Territory
from filiere.vouchers.models import Lot, Movement, Recall, Voucher
from filiere.vouchers.secret import mac_of

Row = TypeVar("Row", bound=Model)
OWNER = "owner"
STATEMENTS = 18
"""What it asks of the database for a voucher of three funders: 16, and its transaction."""


class Refused(Exception):
    """One of the rules says no, by its word."""


def redeem(
    *,
    code: str,
    reference: str,
    provider_id: int,
    wanted_cents: int,
    service: str,
    commune_id: int,
    on: date,
    at: datetime,
    actor: str,
) -> Movement:
    """Pay one act with one voucher; the same act again gives the first movement.

    Raises:
        Refused: with the word of the rule.
    """
    read = codes.read_code(code, length=codes.VOUCHER_LENGTH) or ""
    with transaction.atomic(using=OWNER):
        voucher = (
            _rows(Voucher)
            .select_for_update(of=("self",), no_key=True)
            .select_related("lot")
            .get(code_mac=mac_of(read))
        )
        first = _rows(Movement).filter(voucher=voucher, reference=reference).first()
        if first is not None:
            if (first.provider_id, first.wanted_cents) != (provider_id, wanted_cents):
                raise Refused("conflict")
            return first
        _judge(voucher, provider_id=provider_id, service=service, commune_id=commune_id, on=on)
        taken = min(wanted_cents, voucher.remaining_cents)
        shares = take_in_proportion(taken, voucher.left_parts)
        paid = [
            (tranche_id, cents)
            for tranche_id, cents in zip(voucher.tranche_ids, shares, strict=True)
            if cents
        ]
        group = _post(
            voucher, paid, provider_id=provider_id, reference=reference, at=at, actor=actor
        )
        voucher.remaining_cents -= taken
        voucher.left_parts = [
            left - cents for left, cents in zip(voucher.left_parts, shares, strict=True)
        ]
        if voucher.remaining_cents == 0:
            voucher.state = "spent"
        voucher.save(using=OWNER, update_fields=["remaining_cents", "left_parts", "state"])
        return _rows(Movement).create(
            voucher=voucher, reference=reference, provider_id=provider_id,
            wanted_cents=wanted_cents, amount_cents=taken, left_cents=voucher.remaining_cents,
            tranche_ids=[tranche_id for tranche_id, _cents in paid],
            given_parts=[cents for _tranche_id, cents in paid],
            occurred_at=at, received_at=at, done_on=on, service=service, posting_group=group,
        )  # fmt: skip


def _judge(voucher: Voucher, *, provider_id: int, service: str, commune_id: int, on: date) -> None:
    lot: Lot = voucher.lot
    refusals: dict[str, Callable[[], bool]] = {
        "blocked": lambda: voucher.state not in ("active", "handed_out"),
        "expired": lambda: on > lot.use_until,
        "not_active": lambda: lot.state != "active",
        "recalled": lambda: (
            _rows(Recall)
            .filter(lifted_at=None)
            .filter(
                Q(lot=lot)
                | Q(serial_from__lte=voucher.serial, serial_to__gte=voucher.serial)
                | Q(organisation_id=provider_id)
            )
            .exists()
        ),
        "place": lambda: bool(lot.provider_ids) and provider_id not in lot.provider_ids,
        "service": lambda: bool(lot.services) and service not in lot.services,
        "territory": lambda: not set(lot.territory_ids) & _around(commune_id),
    }
    for word, is_refused in refusals.items():
        if is_refused():
            raise Refused(word)


def _around(commune_id: int) -> set[int | None]:
    commune = _rows(Territory).get(pk=commune_id)
    return {commune.pk, commune.epci_id, commune.departement_id, commune.region_id}


def _post(
    voucher: Voucher,
    paid: list[tuple[int, int]],
    *,
    provider_id: int,
    reference: str,
    at: datetime,
    actor: str,
) -> PostingGroup:
    """Write the group and its transfers, one for each (tranche, cents)."""
    group = _rows(PostingGroup).create(
        id=uuid4(), key=f"redeem:{voucher.pk}:{reference}", kind="redemption",
        fingerprint=_fingerprint(voucher, paid, provider_id),
        occurred_at=at, posted_at=at, actor=actor,
    )  # fmt: skip
    for rank, (tranche_id, cents) in enumerate(paid, 1):
        _rows(Transfer).create(
            group=group, sequence=rank, unit="EUR", amount=cents,
            debit_account=_account(f"pocket:{voucher.lot_id}:{tranche_id}"),
            credit_account=_account(f"payable:{provider_id}:tranche:{tranche_id}"),
        )  # fmt: skip
    return group


def _fingerprint(voucher: Voucher, paid: list[tuple[int, int]], provider_id: int) -> str:
    columns = (
        [f"pocket:{voucher.lot_id}:{tranche}" for tranche, _cents in paid],
        [f"payable:{provider_id}:tranche:{tranche}" for tranche, _cents in paid],
        [str(cents) for _tranche, cents in paid],
        ["EUR"] * len(paid),
    )
    text = "redemption\n\n" + "\n".join("\x1f".join(column) for column in columns)
    return hashlib.sha256(text.encode()).hexdigest()


def _account(code: str) -> Account:
    found, _made = _rows(Account).get_or_create(
        code=code, unit="EUR", defaults={"kind": code.split(":", maxsplit=1)[0]}
    )
    return found


def _rows(model: type[Row]) -> QuerySet[Row]:
    return model._default_manager.using(OWNER)
