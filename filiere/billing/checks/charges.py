"""What must always be true of charges and shares, checked on the stored state."""

from filiere.kernel.checks import Invariant

INVARIANTS = (
    Invariant(
        "billing.shares_add_up",
        "The shares of a charge that was split add up to its price; other charges have none.",
        """
        SELECT 'charge:' || charge.id, charge.price_cents, charge.state,
               COALESCE(SUM(share.amount_cents), 0)
          FROM billing_charge AS charge
          LEFT JOIN billing_payershare AS share ON share.charge_id = charge.id
         GROUP BY charge.id
        HAVING COALESCE(SUM(share.amount_cents), 0)
               <> CASE WHEN charge.state IN ('split', 'refunded') THEN charge.price_cents ELSE 0 END
         ORDER BY charge.id
        """,
    ),
    Invariant(
        "billing.charge_has_attendance",
        "Only a session somebody came to has a live charge.",
        """
        SELECT 'charge:' || charge.id, registration.ref, registration.state
          FROM billing_charge AS charge
          JOIN agenda_registration AS registration ON registration.id = charge.registration_id
         WHERE charge.state NOT IN ('cancelled', 'refunded') AND registration.state <> 'present'
         ORDER BY charge.id
        """,
    ),
    Invariant(
        "billing.voucher_share_is_its_movement",
        "A voucher's share is its movement, for the same act and the same provider.",
        """
        SELECT 'share:' || share.id, share.amount_cents, movement.amount_cents, movement.reference
          FROM billing_payershare AS share
          JOIN billing_charge AS charge ON charge.id = share.charge_id
          JOIN agenda_registration AS registration ON registration.id = charge.registration_id
          JOIN vouchers_movement AS movement ON movement.id = share.movement_id
         WHERE movement.amount_cents <> share.amount_cents
            OR movement.provider_id <> charge.provider_id
            OR movement.reference <> registration.ref
         ORDER BY share.id
        """,
    ),
    Invariant(
        "billing.movement_has_share",
        "Every use of a voucher pays a share of one session.",
        """
        SELECT 'movement:' || movement.id, movement.reference, movement.amount_cents
          FROM vouchers_movement AS movement
         WHERE NOT EXISTS (
               SELECT FROM billing_payershare AS share WHERE share.movement_id = movement.id)
         ORDER BY movement.occurred_at
        """,
    ),
    Invariant(
        "billing.charge_is_posted",
        "What a third party owes and a person paid is in the ledger, to the cent.",
        """
        SELECT 'charge:' || charge.id, wanted.total, COALESCE(posted.total, 0)
          FROM billing_charge AS charge
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(amount_cents), 0) AS total FROM billing_payershare
                WHERE charge_id = charge.id AND kind <> 'voucher') AS wanted
          LEFT JOIN LATERAL (
               SELECT SUM(amount) AS total FROM ledger_transfer
                WHERE group_id = charge.posting_group_id) AS posted ON TRUE
         WHERE wanted.total <> COALESCE(posted.total, 0)
         ORDER BY charge.id
        """,
    ),
    Invariant(
        "billing.refund_is_reversed",
        "What a refunded session moved has its opposite in the ledger; no other session has.",
        """
        SELECT 'charge:' || charge.id, charge.state, refund.id, opposite.id
          FROM billing_charge AS charge
          LEFT JOIN billing_refund AS refund ON refund.charge_id = charge.id
          LEFT JOIN ledger_postinggroup AS opposite
            ON opposite.reverses_id = charge.posting_group_id
         WHERE (charge.state = 'refunded') <> (refund.id IS NOT NULL)
            OR charge.posting_group_id IS NOT NULL
               AND (charge.state = 'refunded') <> (opposite.id IS NOT NULL)
         ORDER BY charge.id
        """,
    ),
    Invariant(
        "billing.terms_are_applied",
        "A session paid with a voucher follows the terms its programme signed: price, person, payer.",
        """
        SELECT 'charge:' || charge.id, programme.name, charge.price_cents, charge.off_cents,
               charge.waived_cents
          FROM billing_charge AS charge
          JOIN programmes_programme AS programme ON programme.id = charge.programme_id
          LEFT JOIN billing_payershare AS person
            ON person.charge_id = charge.id AND person.kind = 'person'
          LEFT JOIN billing_payershare AS share
            ON share.charge_id = charge.id AND share.kind = 'voucher'
          LEFT JOIN vouchers_movement AS movement ON movement.id = share.movement_id
          LEFT JOIN vouchers_voucher AS voucher ON voucher.id = movement.voucher_id
          LEFT JOIN vouchers_lot AS lot ON lot.id = voucher.lot_id
         WHERE charge.price_cents + charge.waived_cents > programme.regulated_price_cents
            OR charge.off_cents > 0 AND charge.price_cents + charge.waived_cents
               IS DISTINCT FROM programme.regulated_price_cents
            OR programme.person_pays_nothing AND person.id IS NOT NULL
            OR charge.waived_cents > 0 AND NOT programme.person_pays_nothing
            OR lot.programme_id <> programme.id
         ORDER BY charge.id
        """,
    ),
    Invariant(
        "billing.envelope_not_exceeded",
        "A third party never owes more than the envelope it signed.",
        """
        SELECT 'commitment:' || commitment.id, commitment.envelope_cents, SUM(share.amount_cents)
          FROM agreements_commitment AS commitment
          JOIN billing_payershare AS share ON share.commitment_id = commitment.id
          JOIN billing_charge AS charge ON charge.id = share.charge_id
         WHERE commitment.envelope_cents IS NOT NULL AND charge.state <> 'refunded'
         GROUP BY commitment.id
        HAVING SUM(share.amount_cents) > commitment.envelope_cents
         ORDER BY commitment.id
        """,
    ),
    Invariant(
        "billing.employer_hours_not_exceeded",
        "Sessions never take more hours than an employer bought.",
        """
        SELECT 'commitment:' || commitment.id, commitment.quota_minutes, SUM(share.minutes)
          FROM agreements_commitment AS commitment
          JOIN billing_payershare AS share ON share.commitment_id = commitment.id
          JOIN billing_charge AS charge ON charge.id = share.charge_id
         WHERE share.kind = 'employer' AND charge.state <> 'refunded'
         GROUP BY commitment.id
        HAVING SUM(share.minutes) > COALESCE(commitment.quota_minutes, 0)
         ORDER BY commitment.id
        """,
    ),
    Invariant(
        "billing.package_left_is_its_uses",
        "What is left of a package is what it held, less what sessions took.",
        """
        SELECT 'package:' || package.id, package.sessions_left, package.minutes_left,
               COALESCE(SUM(used.sessions), 0), COALESCE(SUM(used.minutes), 0)
          FROM billing_package AS package
          LEFT JOIN billing_packageuse AS used ON used.package_id = package.id
         GROUP BY package.id
        HAVING package.sessions_left <> package.sessions_total - COALESCE(SUM(used.sessions), 0)
            OR package.minutes_left <> package.minutes_total - COALESCE(SUM(used.minutes), 0)
         ORDER BY package.id
        """,
    ),
    Invariant(
        "billing.released_is_received",
        "Third parties' shares are payable only up to the cash received.",
        """
        SELECT 'commitment:' || commitment.id, released.total, received.total
          FROM agreements_commitment AS commitment
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(share.amount_cents), 0) AS total
                 FROM billing_payershare AS share
                 JOIN billing_charge AS charge ON charge.id = share.charge_id
                WHERE share.commitment_id = commitment.id AND share.released_group_id IS NOT NULL
                  AND charge.state <> 'refunded') AS released
         CROSS JOIN LATERAL (
               SELECT COALESCE(SUM(amount_cents), 0) AS total FROM billing_thirdpartyreceipt
                WHERE commitment_id = commitment.id) AS received
         WHERE released.total > received.total
         ORDER BY commitment.id
        """,
    ),
)
