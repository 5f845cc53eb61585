"""A carrier's project for the pages: an organisation, its people, a file with costs and a funder."""

from filiere.accounts.models import OrganisationKind, Role
from tests.agenda.factories import OrganisationFactory
from tests.projects import factories
from tests.web.test_money_pages import signed_in


def carrier():
    """An association, its project carrier signed in."""
    organisation = OrganisationFactory(kind=OrganisationKind.ASSOCIATION)
    return organisation, signed_in(Role.CARRIER, organisation)


def costed(organisation, **fields):
    """A file with two costs, of which a half is found."""
    made = factories.project(carrier_id=organisation.pk, need="Un besoin.", **fields)
    staff = factories.line(made, 4_000_000, label="Médiateur")
    factories.line(made, 1_000_000, nature="61", label="Loyer", year=2028)
    funder = factories.source(made, 2_500_000, funder_name="Région")
    factories.allocate(funder, staff, 2_500_000)
    return made
