"""Project files: whose they are, the list, a new one, its home, what it says, its team."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from filiere.accounts.models import Membership, Role
from filiere.projects import queries, services
from filiere.projects.models import MemberRight, ProjectFile, ProjectState
from tests.agenda.factories import OrganisationFactory
from tests.conftest import AT
from tests.projects.factories import ACT, project, source
from tests.web.project_scene import carrier, costed
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def own():
    return carrier()


def text(page):
    return page.content.decode()


def url(name, *args):
    return reverse(name, args=args)


def call(closes_on):
    return services.save_scheme(
        external_key=f"appel-{closes_on}", name="Appel", funder_name="Région", kind="region",
        closes_on=closes_on, **ACT,
    )  # fmt: skip


def share(made, organisation, right, user=None):
    return services.share_project(
        project_id=made.pk, organisation_id=organisation.pk, right=right,
        user_id=user.pk if user else None, **ACT,
    )  # fmt: skip


# --- who opens what -----------------------------------------------------------------------------


def test_held_project_is_found_by_its_members_only(own):
    organisation, client = own
    made = project(carrier_id=organisation.pk)
    assert client.get(url("project", made.pk)).status_code == 200
    assert client.get(url("project", made.pk + 1)).status_code == 404
    assert signed_in(Role.CARRIER).get(url("project", made.pk)).status_code == 404
    assert signed_in(Role.AUDITOR).get(url("project", made.pk)).status_code == 404
    assert signed_in(Role.MEDIATOR, organisation).get(url("project", made.pk)).status_code == 404


def test_a_right_of_a_whole_organisation_is_that_of_its_project_carriers(own):
    organisation, _client = own
    made, partner = project(carrier_id=organisation.pk), OrganisationFactory()
    share(made, partner, MemberRight.EDITOR)
    assert signed_in(Role.CARRIER, partner).get(url("project_edit", made.pk)).status_code == 200
    assert signed_in(Role.MANAGER, partner).get(url("project", made.pk)).status_code == 404


def test_a_right_given_by_name_is_held_whatever_the_role_until_she_leaves(own):
    organisation, _client = own
    made, partner = project(carrier_id=organisation.pk), OrganisationFactory()
    theirs = signed_in(Role.MEDIATOR, partner)
    share(made, partner, MemberRight.READER, theirs.user)
    assert theirs.get(url("project", made.pk)).status_code == 200
    assert made.title in text(theirs.get(url("projects")))
    Membership.objects.filter(user=theirs.user).update(ended_on=AT.date())
    assert theirs.get(url("project", made.pk)).status_code == 403
    Membership.objects.create(
        user=theirs.user, organisation=OrganisationFactory(), role=Role.MEDIATOR
    )
    assert theirs.get(url("project", made.pk)).status_code == 404


def test_a_reader_reads_everything_and_writes_nothing(own):
    organisation, _client = own
    made, partner = costed(organisation), OrganisationFactory()
    share(made, partner, MemberRight.READER)
    reader = signed_in(Role.CARRIER, partner)
    for name in ("project", "project_budget", "project_questions", "project_attachments",
                 "project_team", "project_versions"):  # fmt: skip
        shown = reader.get(url(name, made.pk))
        assert shown.status_code == 200
        assert 'method="post"' not in text(shown).split("<main")[1].split("</main")[0]
    for name in ("project_edit", "project_line_new", "project_calendar"):
        assert reader.get(url(name, made.pk)).status_code == 403
        assert reader.post(url(name, made.pk), {}).status_code == 403
    assert reader.post(url("project_versions", made.pk), {"name": "x"}).status_code == 403
    assert reader.post(url("project_team", made.pk), {}).status_code == 403


# --- list and home ------------------------------------------------------------------------------


def test_projects_says_there_is_none_and_offers_a_first_one(own):
    _organisation, client = own
    shown = client.get(url("projects"))
    assert "No project yet" in text(shown)
    assert url("project_new") in text(shown)
    assert url("project_new") not in text(signed_in(Role.MEDIATOR).get(url("projects")))


def test_projects_gives_cost_gap_and_next_call(own):
    organisation, client = own
    made = costed(organisation)
    soon = call(datetime.date(2027, 1, 15))
    source(made, 100_000, scheme_id=soon.pk)
    source(made, 100_000, scheme_id=call(datetime.date(2026, 11, 1)).pk)
    shown = text(client.get(url("projects")))
    assert "€50,000" in shown
    assert "€25,000" in shown
    assert "15 January 2027" in shown.replace("\u00a0", " ")


def test_projects_reads_a_fixed_number_of_queries(own, django_assert_max_num_queries):
    organisation, client = own
    for rank in range(12):
        costed(organisation, title=f"Projet {rank}")
    with django_assert_max_num_queries(14):
        assert heading(client.get(url("projects"))) == "You work on 12 projects"


def test_projects_keeps_those_that_have_ended_for_whoever_asks(own):
    organisation, client = own
    made = project(carrier_id=organisation.pk, title="Ancien")
    services.move_project(project_id=made.pk, state=ProjectState.ABANDONED, **ACT)
    assert "Ancien" not in text(client.get(url("projects")))
    assert "Ancien" in text(client.get(url("projects") + "?tous=1"))


def test_project_says_the_gap_and_one_next_step(own, django_assert_max_num_queries):
    organisation, client = own
    bare = project(carrier_id=organisation.pk)
    shown = client.get(url("project", bare.pk))
    assert heading(shown) == "What does this project cost?"
    assert text(shown).count("button-solid") == 1
    made = costed(organisation)
    with django_assert_max_num_queries(30):
        shown = client.get(url("project", made.pk))
    assert heading(shown) == "€25,000 to find, of €50,000"
    assert "2 lines, €50,000" in text(shown)
    assert "0 of" in text(shown)


def test_project_warns_of_documents_going_out_of_date(own):
    organisation, client = own
    made = costed(organisation)
    for kind, last in (("statutes", datetime.date(2026, 11, 1)), ("board", datetime.date(2027, 1, 3)),
                       ("report", datetime.date(2028, 1, 1))):  # fmt: skip
        services.attach(project_id=made.pk, kind=kind, name="a.pdf", content=b"%PDF-1.7 " + kind.encode(),
                        expires_on=last, **ACT)  # fmt: skip
    shown = text(client.get(url("project", made.pk)))
    assert "2 documents are going out of date" in shown
    assert "Articles of association: out of date since 1 November 2026" in shown
    assert "Activity report" not in shown


# --- a new one, its description -----------------------------------------------------------------


def described(**fields):
    return {
        "title": "Atelier mobile",
        "need": "Un camion.",
        "starts_on": "2027-01-01",
        "ends_on": "2028-12-31",
        "territories": "",
    } | fields


def test_project_new_opens_a_file_of_the_organisation_acted_for(own):
    organisation, client = own
    done = client.post(url("project_new"), described(publics=["seniors"]))
    made = ProjectFile.objects.get()
    assert done["Location"] == url("project", made.pk)
    assert (made.carrier, made.title, made.publics) == (organisation, "Atelier mobile", ["seniors"])
    assert signed_in(Role.MANAGER, organisation).get(url("project_new")).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", " ", "This field is required"),
        ("ends_on", "2026-12-31", "comes before the first"),
        ("ends_on", "2227-12-31", "check the years"),
        ("territories", "Nullepart", "“Nullepart” was not found"),
        ("publics", ["martians"], "martians"),
    ],
)
def test_project_new_refuses_in_words_and_keeps_what_was_typed(own, field, value, words):
    _organisation, client = own
    shown = client.post(url("project_new"), described(**{field: value}))
    assert shown.status_code == 422
    assert words in text(shown)
    assert "Un camion." in text(shown)
    assert not ProjectFile.objects.exists()


def test_project_edit_saves_and_shows_what_somebody_else_saved_meanwhile(own):
    organisation, client = own
    made = costed(organisation)
    address = url("project_edit", made.pk)
    assert client.post(address, described(edition=1, title="Le mien")).status_code == 302
    late = client.post(address, described(edition=1, title="Un autre", need="Plus long"))
    assert late.status_code == 409
    assert "Le mien" in text(late)
    assert "Plus long" in text(late)
    assert 'name="edition" value="2"' in text(late)
    assert client.post(address, described(edition=2, title="Un autre")).status_code == 302
    assert ProjectFile.objects.get().title == "Un autre"


def rows(*given, edition=1):
    posted = {"row-TOTAL_FORMS": len(given), "row-INITIAL_FORMS": 0, "edition": edition}
    for rank, one in enumerate(given):
        posted |= {f"row-{rank}-{name}": value for name, value in one.items()}
    return posted


def test_project_calendar_keeps_the_rows_that_have_a_name(own):
    organisation, client = own
    made = project(carrier_id=organisation.pk)
    first = {"label": "Équiper", "starts_on": "2027-01-01", "ends_on": "2027-03-31"}
    done = client.post(url("project_calendar", made.pk), rows(first, {"label": ""}))
    assert done.status_code == 302
    assert list(made.actions.values_list("label", "ends_on")) == [
        ("Équiper", datetime.date(2027, 3, 31))
    ]
    wrong = first | {"ends_on": "2026-03-31"}
    shown = client.post(url("project_calendar", made.pk), rows(wrong, edition=2))
    assert shown.status_code == 422
    assert "comes before the first" in text(shown)
    assert "Équiper" in text(shown)


def test_project_partners_names_a_row_without_name(own):
    organisation, client = own
    made = project(carrier_id=organisation.pk)
    address = url("project_partners", made.pk)
    shown = client.post(address, rows({"name": "", "part": "prête une salle"}))
    assert shown.status_code == 422
    assert "empty the whole row" in text(shown)
    assert "prête une salle" in text(shown)
    client.post(address, rows({"name": "Mairie", "part": "prête une salle"}))
    assert list(made.partners.values_list("name", "part")) == [("Mairie", "prête une salle")]
    late = client.post(address, rows({"name": "Bibliothèque", "part": ""}, edition=1))
    assert late.status_code == 409
    assert "Mairie, prête une salle" in text(late)
    assert "Bibliothèque" in text(late)


def test_project_indicators_reads_a_blank_as_not_known(own):
    organisation, client = own
    made = project(carrier_id=organisation.pk)
    one = {"label": "Personnes aidées", "unit": "personnes", "target": "300", "measured": ""}
    client.post(url("project_indicators", made.pk), rows(one))
    assert list(made.indicators.values_list("target", "measured")) == [(300, None)]


# --- life, team, versions -----------------------------------------------------------------------


def test_project_move_asks_then_closes_for_good(own):
    organisation, client = own
    made = costed(organisation)
    address = url("project_move", made.pk, "running")
    assert "Start" in heading(client.get(address))
    assert client.post(address).status_code == 302
    assert client.post(url("project_move", made.pk, "draft")).status_code == 404
    client.post(url("project_move", made.pk, "closed"))
    assert ProjectFile.objects.get().state == ProjectState.CLOSED
    refused = client.post(url("project_move", made.pk, "abandoned"))
    assert refused.status_code == 409
    late = client.post(url("project_edit", made.pk), described(edition=1))
    assert late.status_code == 422
    assert "has ended" in text(late)


def test_project_team_gives_a_right_to_an_organisation_or_to_one_person(own):
    organisation, client = own
    made, partner = (
        project(carrier_id=organisation.pk),
        OrganisationFactory(name="Guéret", folded="gueret"),
    )
    theirs = signed_in(Role.MEDIATOR, partner)
    address = url("project_team", made.pk)
    asked = {"organisation": partner.name, "email": "", "right": "reader"}
    assert client.post(address, asked).status_code == 302
    assert (
        client.post(address, asked | {"email": theirs.user.email, "right": "editor"}).status_code
        == 302
    )
    assert theirs.get(url("project_edit", made.pk)).status_code == 200
    unknown = client.post(address, asked | {"email": "qui@test.example"})
    assert unknown.status_code == 422
    assert "Nobody with this address" in text(unknown)
    assert "“Nulle part” was not found" in text(
        client.post(address, asked | {"organisation": "Nulle part"})
    )


def test_project_member_remove_keeps_the_lead(own):
    organisation, client = own
    made, partner = project(carrier_id=organisation.pk), OrganisationFactory()
    member = share(made, partner, MemberRight.EDITOR)
    lead = made.members.get(is_lead=True)
    assert client.post(url("project_member_remove", made.pk, lead.pk)).status_code == 409
    assert client.post(url("project_member_remove", made.pk, member.pk)).status_code == 302
    assert list(made.members.all()) == [lead]


def test_project_version_says_what_changed_in_words(own):
    organisation, client = own
    made = costed(organisation)
    assert client.post(url("project_versions", made.pk), {"name": ""}).status_code == 422
    client.post(url("project_versions", made.pk), {"name": "Avant"})
    shown = client.get(url("project_version", made.pk, 1))
    assert heading(shown) == "Nothing changed since this version"
    loyer = made.lines.get(label="Loyer")
    services.edit_line(line_id=loyer.pk, amount_cents=1_200_000, **ACT)
    services.edit_project(project_id=made.pk, ends_on=datetime.date(2029, 6, 30), **ACT)
    services.save_answer(
        project_id=made.pk, question="purpose", length="short", text="Aider", number=0, **ACT
    )
    shown = text(client.get(url("project_version", made.pk, 1)))
    for words in ("Loyer · Amount", "€10,000.00", "€12,000.00", "30 June 2029", "Aider",
                  "Purpose of the organisation"):  # fmt: skip
        assert words in shown
    client.post(url("project_versions", made.pk), {"name": "Après"})
    services.edit_project(project_id=made.pk, need="Un autre besoin", **ACT)
    assert "Un autre besoin" not in text(
        client.get(url("project_version", made.pk, 1) + "?jusqu=2")
    )
    assert client.get(url("project_version", made.pk, 9)).status_code == 404


def test_rows_of_counts_each_project_once():
    made = costed(OrganisationFactory())
    row = queries.rows_of([made], on=AT.date())[0]
    assert (row.cost_cents, row.missing_cents, row.next_call_on) == (5_000_000, 2_500_000, None)


def test_organisation_leads_to_the_projects_of_whoever_has_one(own):
    organisation, client = own
    shown = text(client.get(url("organisation")))
    assert url("projects") not in shown.split("<main")[1].split("</main")[0]
    made, partner = project(carrier_id=organisation.pk), OrganisationFactory()
    theirs = signed_in(Role.MEDIATOR, partner)
    share(made, partner, MemberRight.READER, theirs.user)
    assert url("projects") in text(theirs.get(url("organisation"))).split("<main")[1]
