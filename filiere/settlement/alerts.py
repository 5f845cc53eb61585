"""What looks unusual in what a batch is about to pay. An alert accuses nobody: someone reads it.

Set-based, at the freeze. Amounts are integer euro cents.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from filiere.rules.opening import Openness, is_open
from filiere.settlement.models import Alert, AlertKind, Batch

# Vouchers numbered one after the other, redeemed at one place within a few minutes of each other.
RUN_LENGTH = 5
RUN_GAP = timedelta(minutes=3)
# Times of redemption are compared with opening hours by the quarter of an hour.
CHUNK = 2000

SELF_PRESCRIPTION = """
    SELECT line.order_id, COUNT(*), SUM(line.amount_cents)::bigint
      FROM settlement_orderline AS line
      JOIN settlement_paymentorder AS payment ON payment.id = line.order_id
      JOIN billing_payershare AS share ON share.id = line.share_id
      JOIN vouchers_movement AS movement ON movement.id = share.movement_id
      JOIN vouchers_voucher AS voucher ON voucher.id = movement.voucher_id
     WHERE payment.batch_id = %s AND voucher.handed_out_by_id = payment.provider_id
     GROUP BY line.order_id
"""
SERIAL_RUN = """
    WITH used AS (
        SELECT line.order_id, line.amount_cents, voucher.serial, movement.occurred_at AS at
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
        SELECT order_id, COUNT(*) AS length, SUM(amount_cents) AS total
          FROM numbered GROUP BY order_id, run HAVING COUNT(*) >= %s)
    SELECT order_id, SUM(length)::bigint, SUM(total)::bigint FROM runs GROUP BY order_id
"""
QUARTERS = """
    SELECT line.order_id, place.opening_hours,
           date_bin('15 minutes', movement.occurred_at, TIMESTAMPTZ '2000-01-01') AS quarter,
           COUNT(*), SUM(line.amount_cents)::bigint
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
     GROUP BY 1, 2, 3
"""


def raise_alerts(batch: Batch) -> None:
    """Write the alerts of a batch just frozen: one per payment and kind, with its count."""
    found = [
        *_read(AlertKind.SELF_PRESCRIPTION, SELF_PRESCRIPTION, [batch.pk]),
        *_read(AlertKind.SERIAL_RUN, SERIAL_RUN, [batch.pk, RUN_GAP.total_seconds(), RUN_LENGTH]),
        *_outside_hours(batch),
    ]
    Alert.objects.bulk_create(found, batch_size=CHUNK)


def _read(kind: AlertKind, query: str, values: list[int | float]) -> list[Alert]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [
            Alert(order_id=order, kind=kind, sessions=count, amount_cents=cents)
            for order, count, cents in cursor.fetchall()
        ]


def _outside_hours(batch: Batch) -> Iterator[Alert]:
    """Uses of vouchers while their place says it is closed; unknown hours raise nothing."""
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    closed: dict[tuple[str, datetime], bool] = {}
    with connection.cursor() as cursor:
        cursor.execute(QUARTERS, [batch.pk])
        while rows := cursor.fetchmany(CHUNK):
            for order, hours, quarter, count, cents in rows:
                key = (hours, quarter)
                if key not in closed:
                    closed[key] = is_open(hours, quarter).openness == Openness.CLOSED
                if closed[key]:
                    totals[order][0] += count
                    totals[order][1] += cents
    for order, (count, cents) in totals.items():
        yield Alert(
            order_id=order, kind=AlertKind.OUTSIDE_HOURS, sessions=count, amount_cents=cents
        )
