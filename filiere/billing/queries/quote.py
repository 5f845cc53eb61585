"""Everything a quote asks of prices, in one round trip. Amounts are integer euro cents."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.numeric import Int8

from filiere.billing.models import PriceKind
from filiere.billing.queries.prices import StatedPrice
from filiere.kernel.prepared import fetch_prepared
from filiere.rules.pricing import Band, Left

FACTS = """
    SELECT (SELECT json_build_array(
                   rule.kind, rule.amount_cents, rule.is_invented, rule.single_cents,
                   rule.pack_sessions, rule.pack_minutes, rule.valid_days, rule.group_id,
                   rule.cost_cents,
                   (SELECT json_agg(json_build_array(band.label, band.amount_cents)
                                    ORDER BY band.rank)
                      FROM billing_priceband band WHERE band.rule_id = rule.id))
              FROM billing_pricerule rule
             WHERE rule.offer_id = asked.offer AND rule.from_on <= asked.day
             ORDER BY rule.from_on DESC LIMIT 1),
           (SELECT json_agg(json_build_array(held.sessions_left, held.minutes_left)
                            ORDER BY held.ends_on, held.id)
              FROM billing_package held
             WHERE held.person_id = asked.person AND held.offer_id = asked.offer
               AND held.begins_on <= asked.day AND held.ends_on >= asked.day
               AND held.cancelled_at IS NULL
               AND (held.sessions_left > 0 OR held.minutes_left > 0
                    OR held.kind = 'subscription')),
           (SELECT json_agg(json_build_array(taken.commitment_id, taken.cents, taken.minutes))
              FROM (SELECT share.commitment_id, SUM(share.amount_cents)::bigint AS cents,
                           COALESCE(SUM(share.minutes), 0)::bigint AS minutes
                      FROM billing_payershare share
                      JOIN billing_charge charge ON charge.id = share.charge_id
                     WHERE share.commitment_id = ANY(asked.commitments)
                       AND charge.state = 'split'
                     GROUP BY share.commitment_id) AS taken),
           (SELECT nature FROM billing_homehelp home
             WHERE home.offer_id = asked.offer AND home.from_on <= asked.day
               AND (home.ends_on IS NULL OR home.ends_on >= asked.day)
             ORDER BY home.id DESC LIMIT 1)
      FROM (SELECT %s::bigint AS offer, %s::date AS day, %s::uuid AS person,
                   %s::bigint[] AS commitments) AS asked
"""


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """Price of the day, packages held, what commitments gave so far, nature of help at home.

    ``promised`` gives cents and minutes by commitment; ``home_nature`` is None elsewhere.
    """

    stated: StatedPrice | None
    held: list[Left]
    promised: dict[int, tuple[int, int]]
    home_nature: str | None


def quote_facts(
    offer_id: int, *, on: date, person_id: UUID | None, commitment_ids: Collection[int]
) -> QuoteFacts:
    """Read them; the price is None when the place states none."""
    rule, held, promised, nature = fetch_prepared(
        FACTS, [Int8(offer_id), on, person_id, [int(pk) for pk in commitment_ids]]
    )
    return QuoteFacts(
        stated=_stated(rule) if rule else None,
        held=[Left(*one) for one in held or ()],
        promised={pk: (cents, minutes) for pk, cents, minutes in promised or ()},
        home_nature=nature,
    )


def _stated(rule: list[Any]) -> StatedPrice:
    kind, cents, invented, *facts, bands = rule
    read = tuple(Band(label, amount) for label, amount in bands or ())
    return replace(StatedPrice(PriceKind(kind), cents, None, invented, *facts), bands=read)
