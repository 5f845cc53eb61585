"""A project file: what it says, who writes in it, its attachments and its versions."""

import datetime
import io
import zipfile
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from filiere.accounts.models import Membership, Role
from filiere.kernel.models import AuditEntry
from filiere.projects import queries, services
from filiere.projects.errors import (
    AttachmentRefused,
    AttachmentUsed,
    LastOwner,
    MemberNotPossible,
    ProjectChanged,
    ProjectEnded,
    ProjectMoveNotPossible,
    ProjectNotPossible,
)
from filiere.projects.models import FileVersion, ProjectFile, ProjectMember
from tests.agenda.factories import CommuneFactory, OrganisationFactory, UserFactory
from tests.projects.factories import ACT, TODAY, line, project

pytestmark = pytest.mark.django_db
JANUARY = datetime.date(2027, 1, 1)


def pdf(text: str = "x") -> bytes:
    return b"%PDF-1.7 " + text.encode()


def office(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def test_open_project_makes_its_carrier_the_owner_and_lead():
    towns = [CommuneFactory().pk, CommuneFactory().pk]
    made = project(title="  Atelier mobile ", publics=["seniors"], territory_ids=towns)
    assert (made.title, made.state, made.edition) == ("Atelier mobile", "draft", 1)
    assert set(made.territories.values_list("pk", flat=True)) == set(towns)
    member = made.members.get()
    assert (member.organisation_id, member.right, member.is_lead) == (
        made.carrier_id, "owner", True,
    )  # fmt: skip
    assert AuditEntry.objects.filter(subject=f"project:{made.pk}").count() == 1


@pytest.mark.parametrize(
    ("fields", "term"),
    [
        ({"title": "  "}, "title"),
        ({"ends_on": datetime.date(2026, 12, 31)}, "ends_on"),
        ({"publics": ["aliens"]}, "publics"),
        ({"ends_on": datetime.date(2048, 1, 1)}, "ends_on"),
        ({"starts_on": datetime.date(27, 1, 1), "ends_on": datetime.date(28, 1, 1)}, "ends_on"),
        ({"starts_on": datetime.date(2099, 1, 1), "ends_on": datetime.date(2101, 1, 1)}, "ends_on"),
    ],
)
def test_open_project_refuses_what_means_nothing(fields, term):
    with pytest.raises(ProjectNotPossible) as refused:
        project(**fields)
    assert refused.value.parameters["term"] == term
    assert not ProjectFile.objects.exists()


def test_edit_project_refuses_an_edition_somebody_saved_over():
    made = project()
    services.edit_project(project_id=made.pk, edition=1, need="Un besoin", **ACT)
    with pytest.raises(ProjectChanged):
        services.edit_project(project_id=made.pk, edition=1, need="Un autre", **ACT)
    made.refresh_from_db()
    assert (made.need, made.edition) == ("Un besoin", 2)


def test_set_calendar_partners_and_indicators_replace_what_was_there():
    made = project()
    for label in ("Premier", "Second"):
        services.set_calendar(
            project_id=made.pk,
            actions=[services.ActionWanted(label=label, starts_on=JANUARY, ends_on=JANUARY)],
            **ACT,
        )
    services.set_partners(
        project_id=made.pk, partners=[services.PartnerWanted(name="CCAS", part="Prête la salle")],
        **ACT,
    )  # fmt: skip
    services.set_indicators(
        project_id=made.pk,
        indicators=[
            services.IndicatorWanted(label="Personnes", unit="personnes", target=Decimal(350))
        ],
        **ACT,
    )
    facts = queries.project_facts(made.pk, ACT["at"])
    assert [one["label"] for one in facts["calendar"]] == ["Second"]
    assert facts["partners"] == [{"name": "CCAS", "role": "", "brings": "Prête la salle"}]
    assert facts["indicators"] == [{"label": "Personnes", "target": "350 personnes", "how": ""}]


def test_set_calendar_refuses_an_action_that_ends_before_it_begins():
    made = project()
    wrong = services.ActionWanted(
        label="A", starts_on=JANUARY, ends_on=JANUARY - datetime.timedelta(days=1)
    )
    with pytest.raises(ProjectNotPossible):
        services.set_calendar(project_id=made.pk, actions=[wrong], **ACT)


def test_move_project_ends_it_and_then_nothing_is_written():
    made = project()
    with pytest.raises(ProjectMoveNotPossible):
        services.move_project(project_id=made.pk, state="closed", **ACT)
    for state in ("running", "running", "closed"):
        services.move_project(project_id=made.pk, state=state, **ACT)
    with pytest.raises(ProjectEnded, match="Atelier mobile"):
        services.edit_project(project_id=made.pk, title="Autre", **ACT)
    with pytest.raises(ProjectEnded):
        line(made)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProjectFile.objects.filter(pk=made.pk).update(state="draft")


def test_right_of_is_the_strongest_of_what_a_person_and_her_organisations_have():
    made, partner, user = project(), OrganisationFactory(), UserFactory()
    Membership.objects.create(user=user, organisation=partner, role=Role.CARRIER)
    share = {"project_id": made.pk, "organisation_id": partner.pk} | ACT
    assert queries.right_of(made.pk, user_id=user.pk, organisation_ids=[partner.pk]) == ""
    services.share_project(right="reader", **share)
    services.share_project(right="editor", user_id=user.pk, **share)
    assert queries.right_of(made.pk, user_id=user.pk, organisation_ids=[partner.pk]) == "editor"
    assert queries.right_of(made.pk, user_id=0, organisation_ids=[partner.pk]) == "reader"
    assert queries.right_of(made.pk, user_id=user.pk, organisation_ids=[]) == ""
    assert queries.may("owner", "editor")
    assert not queries.may("reader", "editor")
    assert list(queries.projects_of(user_id=user.pk, organisation_ids=[partner.pk])) == [made]


def test_share_project_again_changes_the_right_and_keeps_one_owner():
    made, partner = project(), OrganisationFactory()
    share = {"project_id": made.pk, "organisation_id": partner.pk} | ACT
    first = services.share_project(right="reader", **share)
    assert services.share_project(right="owner", **share).pk == first.pk
    lead = made.members.get(is_lead=True)
    for _twice in range(2):
        services.unshare_project(member=first, **ACT)
    with pytest.raises(LastOwner):
        services.unshare_project(member=lead, **ACT)
    with pytest.raises(LastOwner):
        services.share_project(
            project_id=made.pk, organisation_id=made.carrier_id, right="reader", **ACT
        )


def test_share_project_refuses_somebody_of_another_organisation():
    made = project()
    with pytest.raises(MemberNotPossible):
        services.share_project(
            project_id=made.pk, organisation_id=made.carrier_id, right="editor",
            user_id=UserFactory().pk, **ACT,
        )  # fmt: skip


def test_name_lead_passes_it_on_and_both_stay_owners():
    made, partner = project(), OrganisationFactory()
    lead = {"project_id": made.pk, "organisation_id": partner.pk} | ACT
    with pytest.raises(MemberNotPossible):
        services.name_lead(**lead)
    services.share_project(right="reader", **lead)
    for _twice in range(2):
        services.name_lead(**lead)
    members = made.members.order_by("pk").values_list("organisation", "right", "is_lead")
    assert list(members) == [(made.carrier_id, "owner", False), (partner.pk, "owner", True)]


def test_the_carrier_stays_an_owner_of_its_project_whoever_leads_it():
    made, partner = project(), OrganisationFactory()
    given = {"project_id": made.pk, "organisation_id": partner.pk} | ACT
    services.share_project(right="owner", **given)
    services.name_lead(**given)
    carrier = made.members.get(organisation=made.carrier_id)
    with pytest.raises(LastOwner):
        services.unshare_project(member=carrier, **ACT)
    with pytest.raises(LastOwner):
        services.share_project(
            project_id=made.pk, organisation_id=made.carrier_id, right="reader", **ACT
        )


def test_edit_project_refuses_days_that_leave_lines_out():
    made = project()
    line(made, year=2028)
    with pytest.raises(ProjectNotPossible):
        services.edit_project(project_id=made.pk, ends_on=datetime.date(2027, 12, 31), **ACT)


def test_a_consortium_has_one_lead():
    made = project()
    with pytest.raises(IntegrityError, match="projectmember_one_lead"), transaction.atomic():
        ProjectMember.objects.create(
            project=made, organisation=OrganisationFactory(), right="owner", is_lead=True,
            added_at=ACT["at"], added_by="t",
        )  # fmt: skip


def test_attach_keeps_one_file_once_and_tells_when_it_is_out_of_date():
    made = project()
    attach = {"project_id": made.pk, "kind": "board", "content": pdf()} | ACT
    yesterday = TODAY - datetime.timedelta(days=1)
    first = services.attach(name="C:\\bureau\\liste.pdf", expires_on=yesterday, **attach)
    assert (first.name, first.content_type) == ("liste.pdf", "application/pdf")
    assert queries.ending(made.pk, on=yesterday, until=yesterday) == [first]
    assert services.attach(name="liste.pdf", expires_on=TODAY, **attach).pk == first.pk
    assert queries.ending(made.pk, on=yesterday, until=yesterday) == []
    for _twice in range(2):
        services.detach(attachment=first, **ACT)
    assert not made.attachments.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ a program",
        pdf("x" * 5_000_000),
        b"PK\x03\x04 broken",
        office("word/document.xml", "word/vbaProject.bin"),
        office("xl/workbook.xml", "xl/embeddings/oleObject1.bin"),
        office("a.txt"),
    ],
    ids=["empty", "program", "too large", "broken zip", "macros", "object", "not office"],
)
def test_attach_refuses_what_is_not_a_plain_document(content):
    with pytest.raises(AttachmentRefused):
        services.attach(
            project_id=project().pk, kind="other", name="f.docx", content=content, **ACT
        )


@pytest.mark.parametrize("part", ["word/document.xml", "xl/workbook.xml"])
def test_attach_knows_word_and_excel_by_what_they_hold(part):
    made = services.attach(
        project_id=project().pk, kind="quote", name="devis", content=office(part), **ACT
    )
    assert "openxmlformats" in made.content_type


def test_attach_takes_a_workbook_that_was_printed():
    content = office("xl/workbook.xml", "xl/printerSettings/printerSettings12.bin")
    made = services.attach(
        project_id=project().pk, kind="quote", name="devis.xlsx", content=content, **ACT
    )
    assert made.name == "devis.xlsx"


def test_detach_refuses_a_file_that_proves_a_cost():
    made = project()
    bill = services.attach(project_id=made.pk, kind="invoice", name="f.pdf", content=pdf(), **ACT)
    services.prove_by_cost(
        line_id=line(made).pk, label="Carburant", spent_on=datetime.date(2027, 3, 2),
        amount_cents=4_200, document_id=bill.pk, **ACT,
    )  # fmt: skip
    with pytest.raises(AttachmentUsed):
        services.detach(attachment=bill, **ACT)


def test_name_version_keeps_the_file_and_tells_what_changed_since():
    made = project()
    staff = line(made, 1_000_000, label="Animateur")
    version = services.name_version(project_id=made.pk, name="Avant le comité", **ACT)
    services.edit_line(line_id=staff.pk, amount_cents=1_200_000, **ACT)
    services.edit_project(project_id=made.pk, title="Atelier itinérant", **ACT)
    line(made, 5_000, label="Carburant")
    found = {one.path: (one.before, one.after) for one in queries.changes_since_version(
        version, ACT["at"])}  # fmt: skip
    assert found["project", "title"] == ("Atelier mobile", "Atelier itinérant")
    assert found["lines", "Animateur", "amount_cents"] == (1_000_000, 1_200_000)
    assert found["lines", "Carburant"][0] is None
    assert found["project", "total_cents"] == (1_000_000, 1_205_000)
    second = services.name_version(project_id=made.pk, name="Après", **ACT)
    assert (version.number, second.number) == (1, 2)
    with pytest.raises(DatabaseError), transaction.atomic():
        FileVersion.objects.filter(pk=version.pk).update(name="Autre")


def test_project_facts_are_as_many_queries_for_many_lines(django_assert_max_num_queries):
    made = project()
    for _n in range(12):
        line(made, 10_000)
    with django_assert_max_num_queries(12):
        facts = queries.project_facts(made.pk, ACT["at"])
    assert len(facts["lines"]) == 12
    assert facts["project"]["total_cents"] == 120_000
    assert facts["request"] == {
        "funder": "", "scheme": "", "amount_cents": None, "rate": "", "year": 2027,
    }  # fmt: skip
