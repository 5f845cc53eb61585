"""What a project says of itself, as funders' forms read it (``rules.funder_forms.facts``).

Plain values: amounts in integer cents, days as ISO text. What is not known is blank or None.
"""

from collections import defaultdict
from datetime import datetime
from fractions import Fraction

from django.db.models import F, Sum

from filiere.billing.queries import invoices
from filiere.projects.models import (
    AnswerVersion,
    BudgetLine,
    FundingSource,
    ProjectFile,
    ProjectIndicator,
)
from filiere.rules.funder_forms.facts import (
    AnswerFacts,
    IndicatorFacts,
    LineFacts,
    OrganisationFacts,
    ProjectFacts,
    RequestFacts,
    SourceFacts,
)


def project_facts(project_id: int, at: datetime, *, source_id: int | None = None) -> ProjectFacts:
    """Give everything a form may ask of a project; a dozen queries, whatever its size.

    Args:
        at: the moment of reading; answers, lines and sources are as they are now.
        source_id: the funder whose form is filled; None: no request.
    """
    project = ProjectFile.objects.select_related("carrier").get(pk=project_id)
    lines = list(project.lines.order_by("position"))
    sources = list(
        project.sources.select_related("scheme")
        .annotate(paid=Sum("payments__amount_cents"))
        .order_by("pk")
    )
    asked = next((one for one in sources if one.pk == source_id), None)
    return {
        "organisation": _organisation(project),
        "project": {
            "title": project.title,
            "need": project.need,
            "publics": list(project.publics),
            "territories": list(
                project.territories.order_by("folded", "code").values_list("name", flat=True)
            ),
            "starts_on": project.starts_on.isoformat(),
            "ends_on": project.ends_on.isoformat(),
            "total_cents": sum(one.amount_cents for one in lines),
        },
        "answers": answers_of(project_id),
        "lines": [_line(one) for one in lines],
        "sources": [_source(one) for one in sources],
        "calendar": [
            {
                "label": one.label,
                "starts_on": one.starts_on.isoformat(),
                "ends_on": one.ends_on.isoformat(),
                "place": one.place,
                "detail": "",
            }
            for one in project.actions.order_by("position")
        ],
        "partners": [
            {"name": one.name, "role": "", "brings": one.part}
            for one in project.partners.order_by("position")
        ],
        "indicators": [_indicator(one) for one in project.indicators.order_by("position")],
        "request": _request(asked, project, lines),
    }


def answers_of(project_id: int) -> dict[str, AnswerFacts]:
    """Give the present answers: question → length → text; empty ones are absent."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    present = AnswerVersion.objects.filter(
        answer__project=project_id, number=F("answer__number")
    ).exclude(text="")
    for question, length, text in present.order_by(
        "answer__question", "answer__length"
    ).values_list("answer__question", "answer__length", "text"):
        found[question][length] = text
    return {question: _lengths(texts) for question, texts in found.items()}


def _lengths(texts: dict[str, str]) -> AnswerFacts:
    given: AnswerFacts = {}
    if "short" in texts:
        given["short"] = texts["short"]
    if "medium" in texts:
        given["medium"] = texts["medium"]
    if "long" in texts:
        given["long"] = texts["long"]
    return given


def _organisation(project: ProjectFile) -> OrganisationFacts:
    """The carrier, with the address of its invoices when it has one."""
    carrier = project.carrier
    issuer = invoices.issuer_of(carrier.pk)
    return {
        "name": carrier.name,
        "siret": carrier.siret or (issuer.siret if issuer else ""),
        "rna": carrier.rna or "",
        "legal_form": carrier.kind,
        "address": issuer.street if issuer else "",
        "postcode": issuer.postcode if issuer else "",
        "town": issuer.city if issuer else "",
        "email": "",
        "phone": "",
        "representative": "",
        "role": "",
    }


def _line(line: BudgetLine) -> LineFacts:
    return {
        "key": str(line.pk),
        "label": line.label,
        "nature": line.nature,
        "kind": "in_kind" if line.is_in_kind else "cash",
        "amount_cents": line.amount_cents,
        "without_vat_cents": line.without_vat_cents,
        "year": line.year,
        "quantity": "" if line.quantity is None else str(line.quantity),
        "unit": line.unit,
        "is_investment": line.is_investment,
    }


def _source(source: FundingSource) -> SourceFacts:
    paid: int | None = getattr(source, "paid", None)
    return {
        "funder": source.funder_name,
        "scheme": source.scheme.name if source.scheme else "",
        "kind": source.kind,
        "state": source.state,
        "asked_cents": source.asked_cents,
        "granted_cents": source.granted_cents,
        "paid_cents": paid,
    }


def _indicator(one: ProjectIndicator) -> IndicatorFacts:
    target = "" if one.target is None else f"{one.target.normalize():f} {one.unit}".strip()
    return {"label": one.label, "target": target, "how": ""}


def _request(
    source: FundingSource | None, project: ProjectFile, lines: list[BudgetLine]
) -> RequestFacts:
    """What is asked of one funder, and which share of the costs in cash it is."""
    if source is None:
        return {
            "funder": "", "scheme": "", "amount_cents": None, "rate": "",
            "year": project.starts_on.year,
        }  # fmt: skip
    cash = sum(one.amount_cents for one in lines if not one.is_in_kind)
    return request_facts(source, year=project.starts_on.year, cash_cents=cash)


def request_facts(source: FundingSource, *, year: int, cash_cents: int) -> RequestFacts:
    """Say what one funder is asked for.

    Args:
        year: the first of the project.
        cash_cents: costs in cash of the whole project; the rate is blank when there are none.
    """
    return {
        "funder": source.funder_name,
        "scheme": source.scheme.name if source.scheme else "",
        "amount_cents": source.asked_cents,
        "rate": f"{Fraction(source.asked_cents, cash_cents)}" if cash_cents else "",
        "year": year,
    }
