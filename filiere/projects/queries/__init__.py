"""Reading project files, their plans, money, proofs and the schemes that suit them."""

from filiere.projects.queries.aid import (
    aid_received,
    free_aid,
    headroom_of,
    linked_to,
)
from filiere.projects.queries.awards import (
    awards_given,
    awards_of,
)
from filiere.projects.queries.business_models import (
    WrittenModel,
    model_of,
    payers_of,
)
from filiere.projects.queries.cash import (
    CashBook,
    cash_book,
    source_of,
)
from filiere.projects.queries.cash_ways import (
    ways_through,
)
from filiere.projects.queries.evidence import (
    Activity,
    ClaimLine,
    LineProof,
    activity_of,
    claim_of,
    proofs_of,
    tags_of,
)
from filiere.projects.queries.facts import (
    answers_of,
    project_facts,
)
from filiere.projects.queries.files import (
    attachments_of,
    may,
    projects_of,
    right_of,
)
from filiere.projects.queries.forms import (
    SourceForm,
    form_answers,
    form_of,
    forms_of,
    own_values,
)
from filiere.projects.queries.funding import (
    SourceRow,
    parts_by_line,
    schedule_of,
    sources_of,
)
from filiere.projects.queries.matching import (
    REASON_WORDS,
    Reason,
    SchemeMatch,
    all_schemes,
    schemes_by_id,
    schemes_for,
    search_schemes,
)
from filiere.projects.queries.money import (
    Awaited,
    Effort,
    awaited,
    effort_of,
    hours_of,
    paid_cents,
    payments_of,
)
from filiere.projects.queries.overview import (
    Call,
    PresentAnswer,
    Progress,
    ProjectRow,
    answer_versions,
    calls_of,
    ending,
    lines_of,
    present_answers,
    progress_of,
    rows_of,
)
from filiere.projects.queries.plan import (
    LineGap,
    Totals,
    gaps_of,
    matrix_of,
    plan_of,
    terms_of,
    totals_of,
)
from filiere.projects.queries.session_proofs import (
    SessionCosts,
    places_behind,
    session_costs,
)
from filiere.projects.queries.versions import (
    Difference,
    changes_since_sent,
    changes_since_version,
    differences,
)

__all__ = [
    "REASON_WORDS",
    "Activity",
    "Awaited",
    "Call",
    "CashBook",
    "ClaimLine",
    "Difference",
    "Effort",
    "LineGap",
    "LineProof",
    "PresentAnswer",
    "Progress",
    "ProjectRow",
    "Reason",
    "SchemeMatch",
    "SessionCosts",
    "SourceForm",
    "SourceRow",
    "Totals",
    "WrittenModel",
    "activity_of",
    "aid_received",
    "all_schemes",
    "answer_versions",
    "answers_of",
    "attachments_of",
    "awaited",
    "awards_given",
    "awards_of",
    "calls_of",
    "cash_book",
    "changes_since_sent",
    "changes_since_version",
    "claim_of",
    "differences",
    "effort_of",
    "ending",
    "form_answers",
    "form_of",
    "forms_of",
    "free_aid",
    "gaps_of",
    "headroom_of",
    "hours_of",
    "lines_of",
    "linked_to",
    "matrix_of",
    "may",
    "model_of",
    "own_values",
    "paid_cents",
    "parts_by_line",
    "payers_of",
    "payments_of",
    "places_behind",
    "plan_of",
    "present_answers",
    "progress_of",
    "project_facts",
    "projects_of",
    "proofs_of",
    "right_of",
    "rows_of",
    "schedule_of",
    "schemes_by_id",
    "schemes_for",
    "search_schemes",
    "session_costs",
    "source_of",
    "sources_of",
    "tags_of",
    "terms_of",
    "totals_of",
    "ways_through",
]
