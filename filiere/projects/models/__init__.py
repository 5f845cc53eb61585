"""Project files: content, answers, budget, funders, submissions, proofs, aid received."""

from filiere.projects.models.aid import AidRecord, Undertaking, UndertakingMember
from filiere.projects.models.answers import Answer, AnswerLength, AnswerVersion
from filiere.projects.models.budget import BudgetLine, Nature
from filiere.projects.models.business_models import BusinessModel
from filiere.projects.models.evidence import LineTag, ProofKind, ProvedCost
from filiere.projects.models.files import (
    Attachment,
    AttachmentKind,
    FileVersion,
    MemberRight,
    ProjectAction,
    ProjectFile,
    ProjectIndicator,
    ProjectMember,
    ProjectPartner,
    ProjectState,
)
from filiere.projects.models.form_answers import FormAnswer
from filiere.projects.models.schemes import (
    AidRegime,
    FlatRate,
    FundingKind,
    Recurrence,
    Scheme,
    SchemeImport,
)
from filiere.projects.models.sources import (
    DueKind,
    FundingSource,
    GrantPayment,
    PlanAllocation,
    ScheduledPayment,
    SourceState,
)
from filiere.projects.models.submissions import HoursSpent, Reply, Submission, Task

__all__ = [
    "AidRecord",
    "AidRegime",
    "Answer",
    "AnswerLength",
    "AnswerVersion",
    "Attachment",
    "AttachmentKind",
    "BudgetLine",
    "BusinessModel",
    "DueKind",
    "FileVersion",
    "FlatRate",
    "FormAnswer",
    "FundingKind",
    "FundingSource",
    "GrantPayment",
    "HoursSpent",
    "LineTag",
    "MemberRight",
    "Nature",
    "PlanAllocation",
    "ProjectAction",
    "ProjectFile",
    "ProjectIndicator",
    "ProjectMember",
    "ProjectPartner",
    "ProjectState",
    "ProofKind",
    "ProvedCost",
    "Recurrence",
    "Reply",
    "ScheduledPayment",
    "Scheme",
    "SchemeImport",
    "SourceState",
    "Submission",
    "Task",
    "Undertaking",
    "UndertakingMember",
]
