"""Lists that forms need: communes, needs, procedures, the questionnaire."""

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema

from filiere.api.problems import answers
from filiere.api.security import public
from filiere.rules.diagnosis import load_questionnaire
from filiere.rules.needs import all_needs
from filiere.rules.procedures import all_operators, all_procedures
from filiere.territories import queries as territories

router = Router(tags=["reference"])


class CommuneQuery(Schema):
    """What was written: a name, a postcode, or both."""

    q: str = Field(min_length=2, max_length=120)
    limit: int = Field(8, ge=1, le=40)


class Commune(Schema):
    """One commune or arrondissement that may be meant; ``likeness`` runs from 0 to 1."""

    territory_id: int
    code: str
    name: str
    label: str
    kind: str
    departement_code: str
    departement_name: str
    postcodes: list[str]
    population: int | None
    latitude: float | None
    longitude: float | None
    likeness: float
    is_exact: bool
    former_name: str


class NeedOut(Schema):
    """One need of the finder."""

    key: str
    group: str
    label: str
    example: str
    services: list[str]


class ProcedureOut(Schema):
    """One online procedure and the body that runs it."""

    key: str
    label: str
    operator_key: str
    operator: str
    service: str


class AnswerOut(Schema):
    """One possible answer."""

    key: str
    label: str


class QuestionOut(Schema):
    """One question; every answer is optional."""

    key: str
    label: str
    answers: list[AnswerOut]


class QuestionnaireOut(Schema):
    """The questions in order."""

    version: str
    framework: str
    questions: list[QuestionOut]


def language() -> str:
    """The reader's language, ``fr`` or ``en``."""
    return "en" if (get_language() or "fr").startswith("en") else "fr"


@router.get("/communes", auth=public, response=answers(list[Commune]), operation_id="communes")
def communes(request: HttpRequest, query: Query[CommuneQuery]) -> object:
    """Find the communes someone may mean, best first."""
    return territories.find_commune(query.q, limit=query.limit)


@router.get("/needs", auth=public, response=answers(list[NeedOut]), operation_id="needs")
def needs(request: HttpRequest) -> list[NeedOut]:
    """The needs that the finder understands."""
    spoken = language()
    return [
        NeedOut(
            key=one.key,
            group=one.group,
            label=one.label(spoken),
            example=one.example(spoken),
            services=list(one.services),
        )
        for one in all_needs()
    ]


@router.get(
    "/procedures", auth=public, response=answers(list[ProcedureOut]), operation_id="procedures"
)
def procedures(request: HttpRequest) -> list[ProcedureOut]:
    """Common online procedures, and who runs them."""
    spoken = language()
    operators = {one.key: one.label(spoken) for one in all_operators()}
    return [
        ProcedureOut(
            key=one.key,
            label=one.label(spoken),
            operator_key=one.operator,
            operator=operators[one.operator],
            service=one.service,
        )
        for one in all_procedures()
    ]


@router.get(
    "/questionnaire", auth=public, response=answers(QuestionnaireOut), operation_id="questionnaire"
)
def questionnaire(request: HttpRequest) -> QuestionnaireOut:
    """The questionnaire proposed today."""
    spoken, current = language(), load_questionnaire()
    return QuestionnaireOut(
        version=current.version,
        framework=current.framework,
        questions=[
            QuestionOut(
                key=question.key,
                label=getattr(question, spoken),
                answers=[
                    AnswerOut(key=answer.key, label=getattr(answer, spoken))
                    for answer in question.answers
                ],
            )
            for question in current.questions
        ],
    )
