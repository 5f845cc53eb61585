"""What one funder is shown, on paper and as a table: its claim, then its final report. Euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.projects.models import BudgetLine, FundingSource, ProjectIndicator
from filiere.projects.queries import Activity, ClaimLine, LineProof
from filiere.web.formats import euros, number
from filiere.web.papers import document

CLAIM_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class FunderFacts:
    """All that one funder is shown, read once for the page, the papers and the table."""

    source: FundingSource
    lines: tuple[ClaimLine, ...]
    activity: Activity
    paid_cents: int
    proofs: tuple[LineProof, ...]
    indicators: tuple[ProjectIndicator, ...]

    @property
    def allocated_cents(self) -> int:
        """What it pays of the lines."""
        return sum(one.allocated_cents for one in self.lines)

    @property
    def proved_cents(self) -> int:
        """What it can be shown."""
        return sum(one.proved_cents for one in self.lines)

    @property
    def missing_cents(self) -> int:
        """What it cannot be shown yet."""
        return self.allocated_cents - self.proved_cents

    @property
    def claim_cents(self) -> int:
        """What may be asked of it today: proved and not paid yet."""
        return max(0, self.proved_cents - self.paid_cents)


def columns() -> list[str]:
    """Name the columns of a claim."""
    return [_("Cost"), _("Year"), _("Its part"), _("Proved"), _("Not proved yet")]


def cells(one: ClaimLine) -> list[str]:
    """Give a line of a claim, its amounts as a spreadsheet reads them."""
    amounts = (one.allocated_cents, one.proved_cents, one.missing_cents)
    return [one.line.label, str(one.line.year), *(f"{c // 100}.{c % 100:02}" for c in amounts)]


def claim_pdf(facts: FunderFacts, *, at: datetime) -> bytes:
    """Draw a claim: what is asked today, line by line, and what it rests on."""
    return _paper(
        facts, at=at, kind=_("Claim for payment"),
        heading=_("%(amount)s are asked of %(funder)s")
        % {"amount": euros(facts.claim_cents), "funder": facts.source.funder_name},
        blocks=[_claimed(facts), _rows(facts), _acted(facts)],
    )  # fmt: skip


def report_pdf(facts: FunderFacts, *, at: datetime) -> bytes:
    """Draw the final report: the whole budget planned and proved, the activity, the indicators."""
    blocks = [_acted(facts), _rows(facts), _whole_budget(facts.proofs)]
    if facts.indicators:
        blocks.append(_measured(facts.indicators))
    return _paper(
        facts, at=at, kind=_("Final report"),
        heading=_("%(title)s: %(proved)s proved of the %(part)s of %(funder)s")
        % {"title": facts.source.project.title, "proved": euros(facts.proved_cents),
           "part": euros(facts.allocated_cents), "funder": facts.source.funder_name},
        blocks=blocks,
    )  # fmt: skip


def _paper(
    facts: FunderFacts, *, at: datetime, kind: str, heading: str, blocks: Sequence[dict[str, Any]]
) -> bytes:
    project = facts.source.project
    return document(
        kind=kind,
        reference=f"{project.pk}-{facts.source.pk}",
        sender=project.carrier.name,
        heading=heading,
        blocks=[{"is": "text", "text": project.title}, *blocks],
        at=at,
        addressee=[facts.source.funder_name],
        foot=_("Made from the facts recorded until this day; each can be shown on request."),
    )


def _claimed(facts: FunderFacts) -> dict[str, Any]:
    return {
        "is": "facts",
        "rows": [
            [_("Granted"), euros(facts.source.amount_cents)],
            [_("Proved until now"), euros(facts.proved_cents)],
            [_("Already received"), euros(facts.paid_cents)],
            [_("Asked today"), euros(facts.claim_cents)],
        ],
    }


def _rows(facts: FunderFacts) -> dict[str, Any]:
    head = columns()
    return {
        "is": "table",
        "head": [head[0], *head[2:]],
        "numbers": CLAIM_COLUMNS,
        "rows": [
            [_labelled(one.line), euros(one.allocated_cents), euros(one.proved_cents),
             euros(one.missing_cents)]
            for one in facts.lines
        ],
        "total": [_("Total"), euros(facts.allocated_cents), euros(facts.proved_cents),
                  euros(facts.missing_cents)],
    }  # fmt: skip


def _labelled(line: BudgetLine) -> str:
    return f"{line.label} ({line.year})"


def activity_words(activity: Activity) -> str:
    """Say what the sessions behind a claim come to; each is counted once."""
    if not activity.sessions:
        return _("No session of Filière is tagged to these lines.")
    sessions = ngettext("%(n)s session", "%(n)s sessions", activity.sessions)
    people = ngettext("%(n)s person came", "%(n)s people came", activity.came)
    return _("%(sessions)s, %(hours)s hours; %(people)s.") % {
        "sessions": sessions % {"n": activity.sessions},
        "hours": number(activity.minutes // 60),
        "people": people % {"n": activity.came},
    }


def _acted(facts: FunderFacts) -> dict[str, Any]:
    return {"is": "text", "text": activity_words(facts.activity)}


def _whole_budget(proofs: Sequence[LineProof]) -> dict[str, Any]:
    return {
        "is": "table",
        "head": [_("The whole budget"), _("Planned"), _("Proved")],
        "numbers": 2,
        "rows": [
            [_labelled(one.line), euros(one.line.amount_cents), euros(one.proved_cents)]
            for one in proofs
        ],
        "total": [_("Total"), euros(sum(one.line.amount_cents for one in proofs)),
                  euros(sum(one.proved_cents for one in proofs))],
    }  # fmt: skip


def _measured(indicators: Sequence[ProjectIndicator]) -> dict[str, Any]:
    def told(value: Any) -> str:
        return _("not known") if value is None else number(value.normalize(), places=0)

    return {
        "is": "table",
        "head": [_("Indicator"), _("Aimed at"), _("Measured")],
        "numbers": 2,
        "rows": [[f"{one.label} {f'({one.unit})' if one.unit else ''}".strip(),
                  told(one.target), told(one.measured)] for one in indicators],
    }  # fmt: skip


def file_name(source: FundingSource, ending: str, at: datetime) -> str:
    """Name a file of a funder without its name: numbers and a day."""
    return f"projet-{source.project_id}-financeur-{source.pk}-{at:%Y-%m-%d}.{ending}"
