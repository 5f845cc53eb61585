"""What must always be true of prices seen and of surveys, checked on the stored state."""

from filiere.kernel.checks import Invariant
from filiere.rules.willingness import PRICES_ASKED_CENTS

INVARIANTS = (
    Invariant(
        "billing.answer_was_asked",
        "An answer about prices is one that was asked, on a day of its survey.",
        f"""
        SELECT 'survey:' || survey.ref, answer.about, answer.up_to_cents, answer.answered_on
          FROM billing_willingnessanswer AS answer
          JOIN billing_willingnesssurvey AS survey ON survey.id = answer.survey_id
         WHERE answer.up_to_cents NOT IN ({", ".join(map(str, PRICES_ASKED_CENTS))})
            OR answer.answered_on NOT BETWEEN survey.starts_on AND survey.ends_on
         ORDER BY answer.id
        """,
    ),
)
