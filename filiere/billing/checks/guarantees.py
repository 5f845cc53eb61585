"""What must always be true of what guarantee funds paid, checked on the stored state."""

from filiere.kernel.checks import Invariant

INVARIANTS = (
    Invariant(
        "billing.guarantee_is_a_share",
        "What a guarantee fund paid for a voucher is its share of that session, to the cent.",
        """
        SELECT 'claim:' || claim.id, step.paid_cents, COALESCE(SUM(share.amount_cents), 0)
          FROM vouchers_claimstep AS step
          JOIN vouchers_offlineclaim AS claim ON claim.id = step.claim_id
          LEFT JOIN agenda_registration AS seat ON seat.ref = claim.reference
          LEFT JOIN billing_charge AS charge ON charge.registration_id = seat.id
          LEFT JOIN billing_payershare AS share
            ON share.charge_id = charge.id AND share.commitment_id = step.commitment_id
         WHERE step.kind = 'paid'
         GROUP BY claim.id, step.id
        HAVING COALESCE(SUM(share.amount_cents), 0) <> step.paid_cents
         ORDER BY claim.id
        """,
    ),
)
