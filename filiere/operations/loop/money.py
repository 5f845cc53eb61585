"""The loop's money: lots of vouchers, third-party cash, settlement, and what each funder sees.

Amounts are integer euro cents.
"""

import datetime as dt
import hashlib
import random
from dataclasses import dataclass
from pathlib import Path

from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.kernel.errors import FiliereError
from filiere.observatory import queries as observatory
from filiere.operations.loop.counter import Tally
from filiere.operations.loop.world import FACE_CENTS, World, invented_iban
from filiere.programmes.models import Programme
from filiere.settlement import queries as settlement_queries
from filiere.settlement import services as settlement
from filiere.settlement.bank_file import Debtor
from filiere.settlement.models import Batch
from filiere.vouchers import services as vouchers
from filiere.vouchers.errors import LotOutOfReach, ReachUnknown
from filiere.vouchers.models import Lot
from filiere.vouchers.services import IssuedCode

BOOKLET = 5


@dataclass(frozen=True, slots=True)
class Purse:
    """The vouchers prescribers hold, secret codes included: only the loop keeps them."""

    codes: list[IssuedCode]


def issue(world: World, *, persons: int, seed: int, tally: Tally) -> Purse:
    """Refuse a lot nobody paid for, then issue two lots: one long, one that expires early."""
    at = world.opens_at - dt.timedelta(days=9)
    programme = Programme.objects.get(pk=world.programme_id)
    unfunded = vouchers.create_lot(
        programme=programme,
        count=max(2, persons),
        face_cents=FACE_CENTS,
        use_until=programme.ends_on,
        parts=_even_parts(world, max(2, persons) * FACE_CENTS),
        at=at,
        actor="loop",
    )
    try:
        vouchers.activate_lot(lot=unfunded, at=at, actor="loop")
    except FiliereError as refusal:
        tally.refusals[refusal.code] += 1
    source = random.Random(f"codes:{seed}:{world.programme_id}")
    codes: list[IssuedCode] = []
    early = (world.opens_at + dt.timedelta(days=4)).date()
    for count, use_until in (
        (max(2, persons * 55 // 100), programme.ends_on),
        (max(1, persons * 8 // 100), early),
    ):
        lot = vouchers.create_lot(
            programme=programme,
            count=count,
            face_cents=FACE_CENTS,
            use_until=use_until,
            parts=None,
            booklet_size=BOOKLET,
            at=at,
            actor="loop",
        )
        codes += vouchers.generate_vouchers(
            lot=lot, at=at, actor="loop", random_bytes=source.randbytes
        )
        _entrust(world, lot, at)
        _activate(lot, at, tally)
    random.Random(f"deal:{seed}").shuffle(codes)
    return Purse(codes)


def _entrust(world: World, lot: Lot, at: dt.datetime) -> None:
    """Deal the booklets of a lot to the prescribers, an equal pile each."""
    booklets = list(lot.booklets.order_by("number"))
    pile = -(-len(booklets) // len(world.prescriber_ids))
    for number, organisation_id in enumerate(world.prescriber_ids):
        dealt = booklets[number * pile : (number + 1) * pile]
        if not dealt:
            break
        vouchers.entrust(
            lot=lot,
            organisation_id=organisation_id,
            serial_from=dealt[0].serial_from,
            serial_to=dealt[-1].serial_to,
            at=at,
            actor="loop",
        )


def _activate(lot: Lot, at: dt.datetime, tally: Tally) -> None:
    """Activate a lot; where too few people have a place in reach, two people answer for it."""
    try:
        vouchers.activate_lot(lot=lot, at=at, actor="loop")
    except (LotOutOfReach, ReachUnknown) as refusal:
        tally.refusals[refusal.code] += 1
        vouchers.ask_reach_override(
            lot=lot, reason="Quelques lieux seulement sont équipés.", at=at, actor="loop:preparer"
        )
        vouchers.confirm_reach_override(lot=lot, at=at, actor="loop:approver")
        vouchers.activate_lot(lot=lot, at=at, actor="loop")


def _even_parts(world: World, total: int) -> dict[int, int]:
    third = total // len(world.tranche_ids)
    parts = dict.fromkeys(world.tranche_ids, third)
    parts[world.tranche_ids[0]] += total - third * len(world.tranche_ids)
    return parts


def collect_third_parties(world: World, *, at: dt.datetime) -> None:
    """Each third party pays nine tenths of what it owes: the rest stays due, not payable."""
    for commitment_id in world.commitment_ids:
        account = billing_queries.commitment_account(commitment_id, envelope_cents=None)
        owed = account.promised_cents - account.received_cents
        if owed:
            billing.receive_third_party(
                commitment_id=commitment_id,
                amount_cents=max(1, owed * 9 // 10),
                received_on=at.date(),
                bank_reference=f"TP-{world.programme_id}-{commitment_id}-{at:%Y%m%d}",
                at=at,
                actor="loop",
            )


def settle(*, at: dt.datetime, label: str, folder: Path, tally: Tally) -> tuple[Batch, Path]:
    """Freeze, be refused a lonely approval, approve by a second person, emit, pay.

    Returns:
        the paid batch and the path of its bank file.
    """
    batch = settlement.freeze_batch(cutoff_at=at, label=label, at=at, actor="loop:preparer")
    try:
        settlement.approve_batch(batch=batch, at=at, actor="loop:preparer")
    except FiliereError as refusal:
        tally.refusals[refusal.code] += 1
    alerts = settlement_queries.alerts_of(batch).values_list("pk", flat=True)
    settlement.approve_batch(batch=batch, at=at, actor="loop:approver", alerts_read=list(alerts))
    batch = settlement.emit_batch(
        batch=batch,
        debtor=Debtor(name="Filiere demonstration", iban=invented_iban(1), bic="AGRIFRPPXXX"),
        at=at,
        actor="loop:approver",
    )
    path = folder / f"{label}.xml"
    path.write_text(batch.file_xml, encoding="utf-8")
    if hashlib.sha256(path.read_bytes()).hexdigest() != batch.file_sha256:
        raise OSError(f"{path} does not hold the file that was approved")
    batch = settlement.mark_paid(
        batch=batch, paid_on=at.date() + dt.timedelta(days=1), at=at, actor="loop:approver"
    )
    return batch, path


def funders_table(world: World) -> dict[str, dict[str, int]]:
    """Per funder: given, spent (from the ledger), traced (walked from the payment orders)."""
    given = observatory.given_cents_by_funder()
    spent = observatory.spent_cents_by_funder()
    traced = observatory.traced_cents_by_funder()
    return {
        str(funder): {
            "given_cents": given.get(funder, 0),
            "spent_cents": spent.get(funder, 0),
            "traced_cents": traced.get(funder, 0),
        }
        for funder in world.funder_ids
    }
