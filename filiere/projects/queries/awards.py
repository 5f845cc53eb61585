"""Grants that were given, as open data tells them. Amounts in integer euro cents."""

import re
from datetime import date

from django.db.models import QuerySet

from filiere.accounts.models import Organisation
from filiere.projects.models import FundingSource
from filiere.projects.models.sources import GRANTED
from filiere.projects.queries.forms import USUAL
from filiere.rules.funder_forms.awards import Award
from filiere.rules.text import fold

_NOT_ID = re.compile(r"[^a-z0-9]+")


def awards_of(project_id: int) -> list[Award]:
    """Give what funders granted to one project, in the order they were written."""
    return _awards(FundingSource.objects.filter(project=project_id))


def awards_given(*, funder_id: int | None = None, funder_name: str = "") -> list[Award]:
    """Give what one funder granted to every project, or what all funders did.

    Projects of the demonstration are left out.

    Args:
        funder_id: the funder as an organisation; None: by its name.
        funder_name: as it is written on the plans, capitals apart; blank: every funder.
    """
    found = FundingSource.objects.filter(project__is_invented=False)
    if funder_id is not None:
        found = found.filter(funder=funder_id)
    elif funder_name:
        found = found.filter(funder_name__iexact=funder_name.strip())
    return _awards(found)


def _awards(sources: QuerySet[FundingSource]) -> list[Award]:
    granted = sources.filter(
        kind__in=list(USUAL), state__in=GRANTED, granted_cents__gt=0, answered_on__isnull=False
    )
    rows = granted.select_related("project__carrier", "funder").order_by("pk")
    return [_award(one, one.answered_on) for one in rows if one.answered_on]


def _award(source: FundingSource, awarded_on: date) -> Award:
    project = source.project
    return Award(
        id=f"filiere-{source.pk}",
        title=project.title,
        description=project.need.strip() or project.title,
        amount_cents=source.granted_cents or 0,
        awarded_on=awarded_on,
        recipient_id=_identifier(project.carrier),
        recipient_name=project.carrier.name,
        funder_id=_identifier(source.funder) if source.funder else _own(source.funder_name),
        funder_name=source.funder_name,
    )


def _identifier(one: Organisation) -> str:
    """Give an organisation's number with its register: SIREN, else RNA, else ours."""
    siren = one.siren or (one.siret or "")[:9]
    if siren:
        return f"FR-{siren}"
    return f"FR-{one.rna}" if one.rna else f"filiere-organisation-{one.pk}"


def _own(name: str) -> str:
    """Make an identifier from a name, for a funder nobody registered here."""
    return f"filiere-financeur-{_NOT_ID.sub('-', fold(name)).strip('-') or 'sans-nom'}"[:120]
