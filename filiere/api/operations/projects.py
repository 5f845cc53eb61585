"""Project files, their plans and forms, the schemes one may ask, awards as open data. Euro cents."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from filiere.api.paging import Page, PageQuery, paged
from filiere.api.problems import REFUSED, Problem, answers
from filiere.api.security import SignedIn, holds
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import memberships
from filiere.operations.roles import organisations_of, project_right
from filiere.projects import queries
from filiere.projects.models import ProjectFile, Scheme
from filiere.projects.queries import SourceForm
from filiere.rules.funder_forms.awards import awards_json

router = Router(tags=["projects"])
SEE, SEE_SCHEMES, CARRIER = "projects.see", "projects.see_schemes", "carrier"


class ProjectLine(Schema):
    """One project file this person works on."""

    id: int
    title: str
    carrier_id: int
    state: str
    starts_on: dt.date
    ends_on: dt.date
    is_invented: bool


class CostOut(Schema):
    """One cost of one year; what funders pay of it is ``given_cents``."""

    id: int
    nature: str
    label: str
    year: int
    amount_cents: int
    without_vat_cents: int
    is_in_kind: bool
    is_investment: bool
    given_cents: int


class SourceOut(Schema):
    """Who pays, what was asked, granted (null: no answer yet) and paid."""

    id: int
    funder_name: str
    scheme_id: int | None
    kind: str
    state: str
    asked_cents: int
    granted_cents: int | None
    paid_cents: int


class ProjectOut(ProjectLine):
    """The same, with its need, its costs and who pays them. ``right``: reader, editor or owner."""

    need: str
    publics: list[str]
    right: str
    lines: list[CostOut]
    sources: list[SourceOut]


class FormOut(Schema):
    """The form of one source: how far it is, and what is missing by field."""

    source_id: int
    form: str
    filled_percent: int
    is_ready: bool
    missing: list[str]
    cut: list[str]
    sent_at: dt.datetime | None


class SchemeOut(Schema):
    """One scheme; null and blank are “not stated”. Shares are in millionths."""

    id: int
    name: str
    funder_name: str
    link: str
    kind: str
    beneficiaries: list[str]
    aid_types: list[str]
    recurrence: str
    is_call: bool
    opens_on: dt.date | None
    closes_on: dt.date | None
    rate_max_ppm: int | None
    floor_cents: int | None
    ceiling_cents: int | None
    regime: str
    form_key: str
    source: str
    read_at: dt.datetime
    is_invented: bool


class MatchOut(Schema):
    """One scheme beside a project: codes of what speaks for it, and of what stands in the way."""

    scheme: SchemeOut
    reasons: list[str]
    obstacles: list[str]


class SchemesQuery(PageQuery):
    """Which schemes: words of the name or funder, an origin, those open today only."""

    q: str = ""
    kind: str = ""
    open: bool = False


def _project(request: SignedIn, project_id: int) -> tuple[ProjectFile, str]:
    """Find a project of the caller, and its right; to others it is not there."""
    found = ProjectFile.objects.filter(pk=project_id).select_related("carrier").first()
    right = project_right(memberships(request.user), found) if found else ""
    if found is None or not right:
        raise NotFound(reference=project_id)
    return found, right


@router.get(
    "/projects", auth=holds(SEE), response=answers(Page[ProjectLine]), operation_id="projects"
)
def projects(request: SignedIn, query: Query[PageQuery]) -> Page[ProjectLine]:
    """The project files one works on, the latest first."""
    held = memberships(request.user)
    found = queries.projects_of(
        user_id=request.user.pk,
        organisation_ids=organisations_of(request.user),
        team_ids={one.organisation_id for one in held if one.role == CARRIER},
    )
    return paged(found, query, ProjectLine.from_orm)


@router.get(
    "/projects/{project_id}", auth=holds(SEE), response=answers(ProjectOut), operation_id="project"
)
def project(request: SignedIn, project_id: int) -> ProjectOut:
    """One project: its costs, who pays each, what was asked, granted and paid."""
    found, right = _project(request, project_id)
    given = queries.parts_by_line(project_id)
    rows = queries.sources_of(project_id, on=legal_day(timezone.now()))
    return ProjectOut(
        **ProjectLine.from_orm(found).dict(),
        need=found.need,
        publics=found.publics,
        right=right,
        lines=[_cost(one, given.get(one.pk, 0)) for one in queries.lines_of(project_id)],
        sources=[_source(one.source, one.paid_cents) for one in rows],
    )


def _cost(line: Any, given_cents: int) -> CostOut:
    names = CostOut.model_fields.keys() - {"given_cents"}
    return CostOut(**{name: getattr(line, name) for name in names}, given_cents=given_cents)


def _source(source: Any, paid_cents: int) -> SourceOut:
    names = SourceOut.model_fields.keys() - {"paid_cents"}
    return SourceOut(**{name: getattr(source, name) for name in names}, paid_cents=paid_cents)


@router.get(
    "/projects/{project_id}/forms",
    auth=holds(SEE),
    response=answers(list[FormOut]),
    operation_id="project_forms",
)
def project_forms(request: SignedIn, project_id: int) -> list[FormOut]:
    """The form of each funder: how far it is, which fields are missing or cut."""
    _project(request, project_id)
    return [_form(one) for one in queries.forms_of(project_id, at=timezone.now())]


def _form(one: SourceForm) -> FormOut:
    return FormOut(
        source_id=one.source.pk,
        form=one.filled.spec.key,
        filled_percent=one.filled.percent,
        is_ready=one.filled.is_ready,
        missing=[missing.field for missing in one.filled.missing],
        cut=[cut.field for cut in one.filled.cuts],
        sent_at=one.sent.sent_at if one.sent else None,
    )


@router.get(
    "/projects/{project_id}/schemes",
    auth=holds(SEE),
    response=answers(Page[MatchOut]),
    operation_id="project_schemes",
)
def project_schemes(request: SignedIn, project_id: int, query: Query[PageQuery]) -> Page[MatchOut]:
    """Every scheme beside a project: those that would suit first, with reasons for and against."""
    _project(request, project_id)
    matches = queries.schemes_for(project_id, on=legal_day(timezone.now()))
    return paged(
        matches,
        query,
        lambda one: MatchOut(
            scheme=SchemeOut.from_orm(one.scheme),
            reasons=[reason.value for reason in one.reasons],
            obstacles=[reason.value for reason in one.obstacles],
        ),
    )


@router.get(
    "/projects/{project_id}/awards",
    auth=holds(SEE),
    response={200: dict[str, Any], REFUSED: Problem},
    operation_id="project_awards",
)
def project_awards(request: SignedIn, project_id: int) -> HttpResponse:
    """What was granted to a project, as a 360Giving file: amounts in euros, as the format asks."""
    _project(request, project_id)
    text = awards_json(queries.awards_of(project_id))
    answer = HttpResponse(text, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@router.get(
    "/schemes", auth=holds(SEE_SCHEMES), response=answers(Page[SchemeOut]), operation_id="schemes"
)
def schemes(request: SignedIn, query: Query[SchemesQuery]) -> Page[SchemeOut]:
    """The schemes one may ask, by name."""
    on = legal_day(timezone.now()) if query.open else None
    ids = queries.search_schemes(text=query.q[:120], kind=query.kind, open_on=on)
    page = paged(ids, query, lambda pk: pk)
    rows = queries.schemes_by_id(page.items)
    items = [SchemeOut.from_orm(one) for one in rows]
    return Page(items=items, total=page.total, page=page.page, pages=page.pages)


@router.get(
    "/schemes/{scheme_id}",
    auth=holds(SEE_SCHEMES),
    response=answers(SchemeOut),
    operation_id="scheme",
)
def scheme(request: SignedIn, scheme_id: int) -> Scheme:
    """One scheme, with where its terms were read and when."""
    found = Scheme.objects.filter(pk=scheme_id).first()
    if found is None:
        raise NotFound(reference=scheme_id)
    return found
