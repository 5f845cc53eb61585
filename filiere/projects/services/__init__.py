"""What can be done with a project file, its plan, its requests and its proofs."""

from filiere.projects.services.aid import (
    cancel_aid,
    join_undertaking,
    leave_undertaking,
    record_aid,
)
from filiere.projects.services.answers import (
    Copied,
    copy_answers,
    save_answer,
)
from filiere.projects.services.attachments import (
    attach,
    detach,
)
from filiere.projects.services.budget import (
    add_line,
    edit_line,
    remove_line,
)
from filiere.projects.services.business_models import (
    save_model,
)
from filiere.projects.services.evidence import (
    prove_by_charge,
    prove_by_cost,
    prove_by_session,
    untag,
)
from filiere.projects.services.files import (
    ActionWanted,
    IndicatorWanted,
    PartnerWanted,
    edit_project,
    move_project,
    name_lead,
    next_states,
    open_project,
    set_calendar,
    set_indicators,
    set_partners,
    share_project,
    unshare_project,
)
from filiere.projects.services.form_answers import (
    save_form_answers,
)
from filiere.projects.services.payments import (
    claw_back,
    record_payment,
)
from filiere.projects.services.plan import (
    allocate,
    set_plan,
)
from filiere.projects.services.schemes import (
    add_scheme,
    import_schemes,
    kind_of,
    save_scheme,
)
from filiere.projects.services.session_proofs import (
    prove_by_sessions,
)
from filiere.projects.services.sources import (
    DueWanted,
    add_source,
    edit_source,
    move_source,
    record_award,
    refuse_source,
    schedule_payments,
)
from filiere.projects.services.spreading import (
    spread_line,
    take_proposal,
)
from filiere.projects.services.submissions import (
    deadline_of,
    note_hours,
    record_reply,
    remove_hours,
    submit,
)
from filiere.projects.services.versions import (
    name_version,
)

__all__ = [
    "ActionWanted",
    "Copied",
    "DueWanted",
    "IndicatorWanted",
    "PartnerWanted",
    "add_line",
    "add_scheme",
    "add_source",
    "allocate",
    "attach",
    "cancel_aid",
    "claw_back",
    "copy_answers",
    "deadline_of",
    "detach",
    "edit_line",
    "edit_project",
    "edit_source",
    "import_schemes",
    "join_undertaking",
    "kind_of",
    "leave_undertaking",
    "move_project",
    "move_source",
    "name_lead",
    "name_version",
    "next_states",
    "note_hours",
    "open_project",
    "prove_by_charge",
    "prove_by_cost",
    "prove_by_session",
    "prove_by_sessions",
    "record_aid",
    "record_award",
    "record_payment",
    "record_reply",
    "refuse_source",
    "remove_hours",
    "remove_line",
    "save_answer",
    "save_form_answers",
    "save_model",
    "save_scheme",
    "schedule_payments",
    "set_calendar",
    "set_indicators",
    "set_partners",
    "set_plan",
    "share_project",
    "spread_line",
    "submit",
    "take_proposal",
    "unshare_project",
    "untag",
]
