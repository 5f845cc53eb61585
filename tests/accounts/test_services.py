import pytest

from filiere.accounts.models import Organisation, User
from filiere.accounts.services import (
    NewOrganisation,
    is_siret,
    register_organisations,
    remove_unused_organisations,
)

SIRET = "35600000000048"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "valid"),
    [(SIRET, True), ("35600000000049", False), ("434806402", False), ("", False), (None, False)],
)
def test_is_siret(text, valid):
    assert is_siret(text) is valid


def test_attack_43_organisations_merge_by_number_never_by_name(at):
    known = Organisation.objects.create(name="La Poste", folded="la poste", siret=SIRET)

    ids, created = register_organisations(
        wanted=[
            NewOrganisation("Autre nom", siret=SIRET),
            NewOrganisation("Les amis", rna="W232001234"),
            NewOrganisation("Les amis du coin", rna="W232001234"),
            NewOrganisation("Mairie"),
            NewOrganisation("Mairie"),
        ],
        at=at,
        actor="user:1",
    )  # fmt: skip

    assert ids[0] == known.pk
    assert ids[1] == ids[2]
    assert len(set(ids)) == 4
    assert sorted(created) == sorted(set(ids) - {known.pk})
    assert Organisation.objects.get(pk=known.pk).name == "La Poste"


def test_remove_unused_organisations_keeps_those_in_use(at):
    ids, _created = register_organisations(
        wanted=[NewOrganisation("A"), NewOrganisation("B")], at=at, actor="user:1"
    )
    user = User.objects.create_user("a@exemple.fr")
    user.memberships.create(organisation_id=ids[0], role="manager")

    assert remove_unused_organisations(ids=ids) == 1
    assert list(Organisation.objects.values_list("pk", flat=True)) == [ids[0]]
