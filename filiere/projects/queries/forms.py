"""Funders' forms of a project, filled as far as its facts go; what was sent, as it was."""

from dataclasses import dataclass
from datetime import datetime

from filiere.projects.forms import catalogue
from filiere.projects.models import FormAnswer, FundingKind, FundingSource, Submission
from filiere.projects.queries.facts import project_facts, request_facts
from filiere.rules.funder_forms.filling import fill
from filiere.rules.funder_forms.shape import FilledForm, type_value

# The form whose shape is nearest to what each tier asks, when its scheme names none.
USUAL = {
    FundingKind.EU.value: "feder_fse",
    FundingKind.STATE.value: "state_call",
    FundingKind.REGION.value: "common_grant",
    FundingKind.DEPARTEMENT.value: "departement",
    FundingKind.EPCI.value: "epci",
    FundingKind.COMMUNE.value: "commune",
    FundingKind.FOUNDATION.value: "foundation",
    FundingKind.PRIVATE.value: "sponsor",
}


@dataclass(frozen=True, slots=True)
class SourceForm:
    """The form of one source, filled with what is known now; ``sent``: its last request."""

    source: FundingSource
    filled: FilledForm
    sent: Submission | None


def form_of(source: FundingSource, *, sent: Submission | None = None) -> str:
    """Tell which form a source is asked with: the one sent, its scheme's, else its tier's usual."""
    named = (sent.form_key if sent else "") or (source.scheme.form_key if source.scheme else "")
    return named if named in catalogue() else USUAL.get(source.kind, "common_grant")


def form_answers(source_id: int, form_key: str) -> dict[str, FormAnswer]:
    """Give what was written for one form of one source, by field."""
    found = FormAnswer.objects.filter(source=source_id, form_key=form_key).order_by("field")
    return {one.field: one for one in found}


def own_values(answers: dict[str, FormAnswer]) -> dict[str, type_value]:
    """Give the values of answers, as a form takes them."""
    return {field: one.value for field, one in answers.items()}


def forms_of(project_id: int, *, at: datetime) -> list[SourceForm]:
    """Fill the form of each source somebody is asked for, in the order they were written.

    The facts are read once; a dozen queries and three, whatever the number of sources.
    """
    facts = project_facts(project_id, at)
    year = facts["request"]["year"]
    cash = sum(one["amount_cents"] for one in facts["lines"] if one["kind"] == "cash")
    last = {
        one.source_id: one
        for one in Submission.objects.filter(source__project=project_id)
        .defer("content")
        .order_by("number")
    }
    own: dict[tuple[int, str], dict[str, type_value]] = {}
    for one in FormAnswer.objects.filter(source__project=project_id).order_by("pk"):
        own.setdefault((one.source_id, one.form_key), {})[one.field] = one.value
    sources = FundingSource.objects.filter(project=project_id, kind__in=list(USUAL))
    found = []
    for source in sources.select_related("scheme").order_by("pk"):
        key = form_of(source, sent=last.get(source.pk))
        facts["request"] = request_facts(source, year=year, cash_cents=cash)
        filled = fill(catalogue()[key], facts, own.get((source.pk, key), {}))
        found.append(SourceForm(source, filled, last.get(source.pk)))
    return found
