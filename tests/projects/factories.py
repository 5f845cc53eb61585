"""Invented project files with their lines and funders, made through the services themselves."""

import datetime
import itertools

from filiere.accounts.models import OrganisationKind
from filiere.projects import services
from filiere.projects.models import BudgetLine, FundingSource, ProjectFile
from tests.agenda.factories import OrganisationFactory
from tests.conftest import AT

ACT = {"actor": "user:1", "at": AT}
TODAY = AT.date()
_numbers = itertools.count(1)


def project(**fields) -> ProjectFile:
    """Two years, from January 2027."""
    defaults = {
        "carrier_id": None,
        "title": "Atelier mobile",
        "starts_on": datetime.date(2027, 1, 1),
        "ends_on": datetime.date(2028, 12, 31),
    }
    given = defaults | ACT | fields
    if given["carrier_id"] is None:
        given["carrier_id"] = OrganisationFactory(kind=OrganisationKind.ASSOCIATION).pk
    return services.open_project(**given)


def line(of: ProjectFile, cents: int = 1_000_000, **fields) -> BudgetLine:
    defaults = {
        "nature": "64",
        "label": f"Ligne {next(_numbers)}",
        "year": 2027,
        "amount_cents": cents,
    }
    return services.add_line(project_id=of.pk, **defaults | ACT | fields)


def source(of: ProjectFile, cents: int = 600_000, **fields) -> FundingSource:
    defaults = {
        "funder_name": f"Financeur {next(_numbers)}",
        "kind": "departement",
        "asked_cents": cents,
    }
    return services.add_source(project_id=of.pk, **defaults | ACT | fields)


def asked(of: ProjectFile, cents: int = 600_000, **fields) -> FundingSource:
    """A source that was sent a request."""
    made = source(of, cents, **fields)
    services.submit(source_id=made.pk, **ACT)
    return FundingSource.objects.get(pk=made.pk)


def granted(of: ProjectFile, cents: int = 600_000, **fields) -> FundingSource:
    """A source that granted all it was asked."""
    made = asked(of, cents, **fields)
    services.record_award(source_id=made.pk, granted_cents=cents, answered_on=TODAY, **ACT)
    return FundingSource.objects.get(pk=made.pk)


def allocate(from_: FundingSource, to: BudgetLine, cents: int):
    return services.allocate(source_id=from_.pk, line_id=to.pk, cents=cents, **ACT)


def pay(from_: FundingSource, cents: int, key: str = "k", **fields):
    given = {"received_on": TODAY, "amount_cents": cents, "key": key} | ACT | fields
    return services.record_payment(source_id=from_.pk, **given)
