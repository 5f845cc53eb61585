"""Net94 as stored: 180,000 €, two years, seven towns, twenty-two requests. Names are invented.

Lines, funders and terms are those of the rules' own example; here they are written by services.
"""

import datetime as dt
from fractions import Fraction

from filiere.projects import services
from filiere.projects.models import FundingSource, ProjectFile
from filiere.rules.financing.shape import Kind, Source
from tests.agenda.factories import CommuneFactory
from tests.conftest import AT
from tests.projects.factories import ACT, project
from tests.rules.financing import net94 as rules

COST_CENTS = 18_000_000
FORMS = {
    Kind.EU: "feder_fse", Kind.STATE: "state_call", Kind.REGION: "common_grant",
    Kind.DEPARTEMENT: "departement", Kind.EPCI: "epci", Kind.COMMUNE: "commune",
    Kind.FOUNDATION: "foundation", Kind.PRIVATE: "sponsor",
}  # fmt: skip
OTHER_FORMS = {"FDVA": "fdva", "Politique de la ville": "common_grant"}
MILLION = 1_000_000


def opened(towns=True, **fields) -> ProjectFile:
    """The file with its twenty-two lines; nobody was asked yet."""
    communes = [CommuneFactory(name=name).pk for name in rules.TOWNS] if towns else []
    made = project(title="Réseau de sept villes", territory_ids=communes, **fields)
    for one in rules.lines():
        services.add_line(
            project_id=made.pk, nature=one.nature[:2], label=one.key, year=one.year,
            amount_cents=one.amount_cents, **ACT,
        )  # fmt: skip
    return made


def scheme(one: Source):
    """Write the call a funder opens, with its terms."""
    terms = one.terms
    return services.save_scheme(
        external_key=one.key, funder_name=one.key, name=f"Soutien aux projets : {one.key}",
        kind=one.kind, form_key=OTHER_FORMS.get(one.key, FORMS[one.kind]), is_call=True,
        rate_max_ppm=_ppm(terms.rate_max), floor_cents=terms.floor_cents or None,
        eligible_natures=sorted(terms.eligible_natures), public_cap_ppm=_ppm(terms.public_cap),
        self_funding_min_ppm=_ppm(terms.self_funding_min),
        investment_max_ppm=_ppm(terms.investment_share_max), excludes=sorted(terms.excludes),
        opens_on=AT.date() - dt.timedelta(days=60), closes_on=terms.closes_on,
        source="exemple inventé", **ACT,
    )  # fmt: skip


def funded(made: ProjectFile) -> dict[str, FundingSource]:
    """Write down who may pay, by name: twenty-two funders to ask, and what is sold."""
    return {one.key: _source(made, one) for one in rules.sources()}


def _source(made: ProjectFile, one: Source) -> FundingSource:
    return services.add_source(
        project_id=made.pk, funder_name=one.key, kind=one.kind, asked_cents=one.amount_cents,
        scheme_id=scheme(one).pk if one.kind.needs_file else None,
        regime=one.regime, likely_percent=round(one.probability * 100), **ACT,
    )  # fmt: skip


def _ppm(rate: Fraction | None) -> int | None:
    """Give a share in millionths, rounded down; what binds nobody is not stated."""
    return None if rate in (None, 0, 1) else int(rate * MILLION)
