"""What must always be true of plans, payments and answers."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants

INVARIANTS = (
    Invariant(
        "projects.line_is_not_overfunded",
        "What funders give to each line of a project is at most what it costs.",
        """
        SELECT 'line:' || line.id, format('costs %s, given %s', line.amount_cents, sum(part.cents))
          FROM projects_budgetline line
          JOIN projects_planallocation part ON part.line_id = line.id
         GROUP BY line.id
        HAVING sum(part.cents) > line.amount_cents
         ORDER BY line.id
        """,
    ),
    Invariant(
        "projects.source_gives_what_it_has",
        "Each funder's parts are lines of its own project, within what it grants.",
        """
        SELECT 'source:' || source.id, format('has %s, gives %s',
               coalesce(source.granted_cents, source.asked_cents), sum(part.cents))
          FROM projects_fundingsource source
          JOIN projects_planallocation part ON part.source_id = source.id
          JOIN projects_budgetline line ON line.id = part.line_id
         GROUP BY source.id
        HAVING sum(part.cents) > CASE WHEN source.state IN ('refused', 'withdrawn') THEN 0
                    ELSE coalesce(source.granted_cents, source.asked_cents) END
            OR bool_or(line.project_id <> source.project_id)
         ORDER BY source.id
        """,
    ),
    Invariant(
        "projects.paid_within_award",
        "What each funder paid, less what it took back, is between nothing and what it granted.",
        """
        SELECT 'source:' || source.id, format('granted %s, paid %s',
               source.granted_cents, sum(payment.amount_cents))
          FROM projects_fundingsource source
          JOIN projects_grantpayment payment ON payment.source_id = source.id
         GROUP BY source.id
        HAVING sum(payment.amount_cents) NOT BETWEEN 0 AND coalesce(source.granted_cents, 0)
         ORDER BY source.id
        """,
    ),
    Invariant(
        "projects.answer_is_its_last_version",
        "Each answer shows the last of its versions, numbered 1, 2, 3… without a gap.",
        """
        SELECT 'answer:' || answer.id, format('shows %s of %s', answer.number, count(version.id))
          FROM projects_answer answer
          LEFT JOIN projects_answerversion version ON version.answer_id = answer.id
         GROUP BY answer.id
        HAVING count(version.id) <> answer.number
            OR coalesce(max(version.number), 0) <> answer.number
         ORDER BY answer.id
        """,
    ),
    Invariant(
        "projects.request_agrees_with_its_funder",
        "Requests to a funder are numbered 1, 2, 3…; the last asks what it counts on, and its"
        " answer is what became of it.",
        """
        SELECT 'source:' || source.id, format('%s, asks %s, request %s asks %s: %s',
               source.state, source.asked_cents, last.number, last.asked_cents, last.reply)
          FROM projects_fundingsource source
          JOIN LATERAL (SELECT * FROM projects_submission
                         WHERE source_id = source.id ORDER BY number DESC LIMIT 1) last ON true
         WHERE last.asked_cents <> source.asked_cents
            OR last.number <> (SELECT count(*) FROM projects_submission
                                WHERE source_id = source.id)
            OR last.reply = 'refused' AND source.state <> 'refused'
            OR last.reply IN ('accepted', 'reduced') AND source.granted_cents IS NULL
         ORDER BY source.id
        """,
    ),
    Invariant(
        "projects.schedule_within_award",
        "What a funder said it would pay is at most what it grants, or was asked until it answers.",
        """
        SELECT 'source:' || source.id, format('brings %s, said %s',
               coalesce(source.granted_cents, source.asked_cents), said.cents)
          FROM projects_fundingsource source
          JOIN (SELECT source_id, sum(amount_cents) AS cents
                  FROM projects_scheduledpayment GROUP BY source_id) said
            ON said.source_id = source.id
         WHERE source.state NOT IN ('refused', 'withdrawn')
           AND said.cents > coalesce(source.granted_cents, source.asked_cents)
             - (SELECT coalesce(sum(amount_cents), 0) FROM projects_grantpayment
                 WHERE source_id = source.id AND amount_cents < 0)
         ORDER BY source.id
        """,
    ),
    Invariant(
        "projects.proof_is_of_its_year",
        "Each fact that proves a line is of the line's year; a charge proves exactly its price.",
        """
        SELECT 'tag:' || tag.id, format('line of %s, fact of %s, %s cents',
               line.year, tag.spent_on, tag.amount_cents)
          FROM projects_linetag tag
          JOIN projects_budgetline line ON line.id = tag.line_id
          LEFT JOIN billing_charge charge ON charge.id = tag.charge_id
         WHERE extract(year FROM tag.spent_on) <> line.year
            OR tag.amount_cents <> charge.price_cents
         ORDER BY tag.id
        """,
    ),
)


def declare() -> None:
    """Add these invariants to those ``filiere check`` evaluates."""
    declare_invariants(*INVARIANTS)
