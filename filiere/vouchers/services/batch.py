"""Paying many acts in one call to the database. Amounts in euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from filiere.ledger import services as ledger
from filiere.vouchers.errors import TooManyRows, VoucherRefused
from filiere.vouchers.models import MovementChannel
from filiere.vouchers.services.counter import Redeemed, mac_from, refusal_of

MAX_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Act:
    """One act to pay with one voucher; the fields are those of ``redeem``.

    ``voucher`` is a code as typed, or the digest of one.
    """

    voucher: str | bytes
    reference: str
    provider_id: int
    wanted_cents: int
    service: str
    commune_id: int | None
    on: date
    occurred_at: datetime
    place_id: int | None = None


def redeem_many(
    *,
    acts: Sequence[Act],
    at: datetime,
    actor: str,
    channel: MovementChannel = MovementChannel.BATCH,
    device_id: int | None = None,
) -> list[Redeemed | VoucherRefused]:
    """Pay many acts, each as ``redeem`` would one after the other, in one round trip.

    A refused act stops no other. Vouchers are locked in one order, so that batches that name the
    same vouchers in opposite orders wait and never deadlock.

    Args:
        acts: at most 10,000.

    Returns:
        One answer per act, in their order: what was paid, or the refusal as a value.

    Raises:
        TooManyRows: more than 10,000 acts; nothing is done.
        AmountRefused: one amount is not a whole number of cents above zero; nothing is done.
    """
    if len(acts) > MAX_ROWS:
        raise TooManyRows(count=len(acts), most=MAX_ROWS)
    answers: dict[int, Redeemed | VoucherRefused] = {}
    asked: list[tuple[int, bytes, Act]] = []
    for rank, act in enumerate(acts):
        ledger.require_amount(act.wanted_cents)
        try:
            mac = act.voucher if isinstance(act.voucher, bytes) else mac_from(act.voucher)
        except VoucherRefused as refusal:
            answers[rank] = refusal
        else:
            asked.append((rank, mac, act))
    if asked:
        rows = _ask(asked, channel=channel, device_id=device_id, at=at, actor=actor)
        for (rank, _mac, _act), answer in zip(asked, rows, strict=True):
            answers[rank] = answer
    return [answers[rank] for rank in range(len(acts))]


def _ask(
    asked: Sequence[tuple[int, bytes, Act]],
    *,
    channel: MovementChannel,
    device_id: int | None,
    at: datetime,
    actor: str,
) -> list[Redeemed | VoucherRefused]:
    """Call the database once and read its answers, in order."""
    acts = [act for _rank, _mac, act in asked]
    with ledger.refusals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM vouchers_redeem_many(%s::bytea[], %s::text[], %s::bigint[],"
            " %s::bigint[], %s::date[], %s::text[], %s::bigint[], %s::bigint[],"
            " %s::timestamptz[], %s, %s, %s, %s)",
            [
                [mac for _rank, mac, _act in asked],
                [act.reference for act in acts],
                [act.provider_id for act in acts],
                [act.wanted_cents for act in acts],
                [act.on for act in acts],
                [act.service for act in acts],
                [act.commune_id for act in acts],
                [act.place_id for act in acts],
                [act.occurred_at for act in acts],
                channel,
                device_id,
                at,
                actor,
            ],
        )
        return [_answer(*row[1:]) for row in cursor.fetchall()]


def _answer(
    outcome: str,
    serial: int | None,
    last_day: date | None,
    movement: object,
    taken: int,
    left: int,
    tranches: list[int] | None,
    cents: list[int] | None,
) -> Redeemed | VoucherRefused:
    if outcome != "paid":
        return refusal_of(outcome, serial, last_day)
    return Redeemed(movement, taken, left, serial, list(zip(tranches, cents, strict=True)))  # type: ignore[arg-type]
