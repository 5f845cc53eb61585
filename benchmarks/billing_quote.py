"""A quote of one offer for one person with five possible payers, as the counter asks it.

Voucher, two third parties, an employer's card, the person: prices, packages and brackets are read
too, and nothing is written. A part of ``make bench NAME=billing``.
"""

import datetime as dt
import statistics
import time

from benchmarks import redeem_scene

BUDGET_SECONDS = 0.003
ROUNDS, WARM_UP = 2_000, 200
JANUARY = dt.date(2026, 1, 1)


def build() -> dict[str, object]:
    """Make the scene through the services; give what ``quote_offer`` is asked."""
    from filiere.agreements import cards
    from filiere.agreements import services as agreements
    from filiere.agreements.models import AgreementKind
    from filiere.billing import services as billing
    from filiere.directory.models import Offer, Place
    from filiere.persons import services as persons
    from filiere.rules.pricing import Band

    scene = redeem_scene.build(vouchers=50)
    place = Place.objects.create(
        organisation_id=scene.provider_ids[0], commune_id=scene.commune_id, name="Essai",
        folded="essai", postcode="23000", source="bench", source_id="1", qualified_on=JANUARY,
    )  # fmt: skip
    offer = Offer.objects.create(place=place, service=redeem_scene.SERVICE)
    at = redeem_scene.AT
    billing.set_price(
        offer_id=offer.pk, kind="hourly", amount_cents=200_000_000, from_on=JANUARY, at=at,
        actor="bench", bands=[Band("QF 1", 150_000_000), Band("QF 2", 1)],
    )  # fmt: skip

    def promise(kind: AgreementKind, rank: int, what: agreements.Promise) -> int:
        agreement = agreements.sign(
            kind=kind, title=f"Accord {rank}", starts_on=JANUARY, commitments=[what], at=at,
            promiser_id=redeem_scene.organisation(f"Payeur {rank}"), actor="bench",
        )  # fmt: skip
        return agreement.commitments.get().pk

    rates = (200_000, 300_000)
    third_parties = [
        promise(
            AgreementKind.THIRD_PARTY, rank,
            agreements.Promise("part", rate, envelope_cents=10**12),
        )
        for rank, rate in enumerate(rates)
    ]  # fmt: skip
    hours = promise(AgreementKind.EMPLOYER, 9, agreements.Promise("heures", quota_minutes=20))
    card = cards.issue_cards(commitment_id=hours, count=1, at=at, actor="bench")[0]
    person = persons.open_file(at=at, actor="bench", commune_id=scene.commune_id)
    return {
        "offer_id": offer.pk, "minutes": 60, "on": redeem_scene.ON, "at": at, "person_id": person,
        "voucher_code": scene.codes[0], "commitment_ids": third_parties, "card_code": card,
        "band": "QF 1",
    }  # fmt: skip


def measure(rounds: int = ROUNDS) -> tuple[dict[str, float | int | str], dict[str, float]]:
    """Ask the same kind of quote over and over, in a scratch database of its own.

    Returns:
        What was measured (milliseconds), and the ratio: budget ÷ median.
    """
    from filiere.billing.models import Charge, PayerShare
    from filiere.billing.services import quote_offer
    from filiere.operations import database

    with database.scratch("bench"):
        asked = build()
        spent, processor = [], 0.0
        for rank in range(WARM_UP + rounds):
            began, used = time.perf_counter(), time.process_time()
            told = quote_offer(**asked)  # type: ignore[arg-type]
            if rank >= WARM_UP:
                spent.append(time.perf_counter() - began)
                processor += time.process_time() - used
        payers = sum(1 for share in told.shares if share.amount_cents)
        if payers != 5 or Charge.objects.exists() or PayerShare.objects.exists():
            raise AssertionError(f"five payers and no row were wanted, not {told}")
    median = statistics.median(spent)
    results: dict[str, float | int | str] = {
        "quote_payers": payers,
        "quote_milliseconds": round(median * 1000, 3),
        "quote_processor_milliseconds": round(processor / rounds * 1000, 3),
        "quote_p95_milliseconds": round(statistics.quantiles(spent, n=20)[-1] * 1000, 3),
    }
    return results, {"quote_budget": BUDGET_SECONDS / median}
