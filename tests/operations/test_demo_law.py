"""What the demonstration shows of the law: a ceiling close, one reading, a model nearly holding."""

import pytest

from filiere.accounts.models import OrganisationKind
from filiere.kernel import signatures
from filiere.kernel.models import ParameterSignature
from filiere.observatory.compliance import compliance_of
from filiere.operations.demo import law, projects
from filiere.operations.loop.world import organisation
from filiere.projects import queries
from filiere.projects.models import BusinessModel
from filiere.rules.business_model import diagnose
from filiere.rules.compliance import Level
from tests.agenda.factories import AT, CommuneFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_fill_shows_a_ceiling_that_is_close_and_a_model_that_lacks_sessions_once():
    CommuneFactory(code=projects.TOWNS[0])
    UserFactory(email=law.STEWARD)
    projects.fill(at=AT)
    for _twice in range(2):
        law.fill(at=AT)
    carrier = organisation(projects.CARRIER, OrganisationKind.ASSOCIATION)
    found = compliance_of(carrier, on=AT.date())
    levels = {str(one.key): one.level for one in found.watched}
    assert levels["de_minimis.ceiling_cents"] == Level.NEAR
    assert found.headrooms[1].used_cents == 1_200_000
    assert ParameterSignature.objects.get().key == law.READ[0]
    assert signatures.verified_keys(AT.date()) == frozenset()
    model = BusinessModel.objects.get()
    diagnosis = diagnose(
        queries.model_of(model.project_id).years, queries.payers_of(model.project_id), AT.date()
    )
    assert diagnosis.size.lacks(1_100) == 234
    assert diagnosis.rests_on is not None
