"""What looks unusual in what a batch is about to pay. An alert accuses nobody: someone reads it.

Set-based, at the freeze. Amounts are integer euro cents.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from filiere.rules.opening import Openness, is_open
from filiere.settlement.models import Alert, AlertKind, Batch

# Vouchers numbered one after the other, redeemed at one place within a few minutes of each other.
RUN_LENGTH = 5
RUN_GAP = timedelta(minutes=3)
# Times of redemption are compared with opening hours by the quarter of an hour.
CHUNK = 2000

# Both read the same rows: who handed the voucher out, and where it stands among those numbered
# one after the other.
BY_VOUCHER = """
    WITH used AS (
        SELECT line.order_id, line.amount_cents, voucher.serial, movement.occurred_at AS at,
               COALESCE(voucher.handed_out_by_id = payment.provider_id, FALSE) AS own
          FROM settlement_orderline AS line
          JOIN settlement_paymentorder AS payment ON payment.id = line.order_id
          JOIN billing_payershare AS share ON share.id = line.share_id
          JOIN vouchers_movement AS movement ON movement.id = share.movement_id
          JOIN vouchers_voucher AS voucher ON voucher.id = movement.voucher_id
         WHERE payment.batch_id = %s),
    stepped AS (
        SELECT *, COALESCE(
                   serial - LAG(serial) OVER by_serial = 1
                   AND ABS(EXTRACT(EPOCH FROM at - LAG(at) OVER by_serial)) <= %s, FALSE) AS follows
          FROM used WINDOW by_serial AS (PARTITION BY order_id ORDER BY serial, at)),
    numbered AS (
        SELECT *, COUNT(*) FILTER (WHERE NOT follows)
                      OVER (PARTITION BY order_id ORDER BY serial, at) AS run FROM stepped),
    runs AS (
        SELECT order_id, COUNT(*) AS length, SUM(amount_cents) AS total,
               COUNT(*) FILTER (WHERE own) AS owned, SUM(amount_cents) FILTER (WHERE own) AS self
          FROM numbered GROUP BY order_id, run)
    SELECT order_id, SUM(owned)::bigint, SUM(self)::bigint,
           SUM(length) FILTER (WHERE length >= %s)::bigint,
           SUM(total) FILTER (WHERE length >= %s)::bigint
      FROM runs WHERE owned > 0 OR length >= %s GROUP BY order_id
"""
# One row for each way of being open and quarter of an hour; what was used then, as
# "order:sessions:cents" with commas: read only where it is closed.
QUARTERS = """
    SELECT opening_hours, quarter, string_agg(concat_ws(':', order_id, sessions, cents), ',')
      FROM (
        SELECT line.order_id, place.opening_hours,
               date_bin('15 minutes', movement.occurred_at, TIMESTAMPTZ '2000-01-01') AS quarter,
               COUNT(*) AS sessions, SUM(line.amount_cents)::bigint AS cents
          FROM settlement_orderline AS line
          JOIN settlement_paymentorder AS payment ON payment.id = line.order_id
          JOIN billing_payershare AS share ON share.id = line.share_id
          JOIN vouchers_movement AS movement ON movement.id = share.movement_id
          JOIN billing_charge AS charge ON charge.id = share.charge_id
          JOIN agenda_registration AS registration ON registration.id = charge.registration_id
          JOIN agenda_slot AS slot ON slot.id = registration.slot_id
          JOIN directory_offer AS offer ON offer.id = slot.offer_id
          JOIN directory_place AS place ON place.id = offer.place_id
         WHERE payment.batch_id = %s AND place.opening_hours <> ''
         GROUP BY 1, 2, 3) AS used
     GROUP BY opening_hours, quarter
"""


def raise_alerts(batch: Batch) -> None:
    """Write the alerts of a batch just frozen: one per payment and kind, with its count."""
    Alert.objects.bulk_create([*_by_voucher(batch), *_outside_hours(batch)], batch_size=CHUNK)


def _by_voucher(batch: Batch) -> Iterator[Alert]:
    """Vouchers used by who handed them out, and runs of numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            BY_VOUCHER,
            [batch.pk, RUN_GAP.total_seconds(), RUN_LENGTH, RUN_LENGTH, RUN_LENGTH],
        )
        for order, owned, self_cents, length, run_cents in cursor.fetchall():
            for kind, count, cents in (
                (AlertKind.SELF_PRESCRIPTION, owned, self_cents),
                (AlertKind.SERIAL_RUN, length, run_cents),
            ):
                if count:
                    yield Alert(order_id=order, kind=kind, sessions=count, amount_cents=cents)


def _outside_hours(batch: Batch) -> Iterator[Alert]:
    """Uses of vouchers while their place says it is closed; unknown hours raise nothing."""
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    with connection.cursor() as cursor:
        cursor.execute(QUARTERS, [batch.pk])
        while rows := cursor.fetchmany(CHUNK):
            for hours, quarter, used in rows:
                if is_open(hours, quarter).openness != Openness.CLOSED:
                    continue
                for one in used.split(","):
                    order, count, cents = map(int, one.split(":"))
                    totals[order][0] += count
                    totals[order][1] += cents
    for order, (count, cents) in totals.items():
        yield Alert(
            order_id=order, kind=AlertKind.OUTSIDE_HOURS, sessions=count, amount_cents=cents
        )
