"""Cash, proposals, proofs, claims and effort on their pages: figures, refusals, rights."""

import datetime
import io
from fractions import Fraction

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiere.accounts.models import Role
from filiere.projects import queries, services
from filiere.projects.errors import ProofNotPossible
from filiere.projects.models import HoursSpent, LineTag, PlanAllocation
from filiere.rules.financing import cash as rules
from tests.pdf_reading import texts
from tests.projects.factories import (
    ACT,
    AT,
    TODAY,
    allocate,
    asked,
    granted,
    line,
    pay,
    project,
    source,
)
from tests.projects.test_evidence import delivered, running, this_year
from tests.projects.test_files import pdf
from tests.web.test_money_pages import heading, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def made():
    return project()


@pytest.fixture
def client(made):
    return signed_in(Role.CARRIER, made.carrier)


def at(name, *args):
    return reverse(name, args=args)


def text(page):
    return page.content.decode()


# --- cash ---------------------------------------------------------------------------------------


def test_cash_book_spreads_costs_and_keeps_every_cent(made):
    line(made, 1_200_001)
    line(made, 600_000, is_investment=True, nature="61")
    line(made, 90_000, nature="86")
    found = queries.cash_book(made, on=TODAY)
    assert sum(found.spent_cents) == 1_800_001
    assert found.spent_cents[0] == 600_000 + 100_001
    assert found.investment_cents[:2] == (600_000, 0)
    assert found.spent_cents[12:] == (0,) * 24
    assert (found.first_on, found.opening_cents) == (datetime.date(2027, 1, 1), 0)


def test_cash_book_pays_by_kind_and_sums_to_what_each_source_brings(made):
    own = granted_own(made, 100_000)
    sales = source(made, 240_001, kind="income")
    union = asked(made, 500_000, kind="eu")
    town = granted(made, 300_001, kind="commune")
    source(made, 90_000, kind="volunteering")
    found = {one.source: one for one in queries.cash_book(made, on=TODAY).receipts}
    assert found[str(own.pk)].dues == (rules.Due(0, 100_000),)
    assert len(found[str(sales.pk)].dues) == 24
    assert found[str(sales.pk)].total_cents == 240_001
    assert [due.month for due in found[str(union.pk)].dues] == [11, 23]
    assert found[str(town.pk)].dues == (rules.Due(0, 150_001), rules.Due(23, 150_000))
    assert len(found) == 4


def granted_own(of, cents):
    made = source(of, cents, kind="own")
    services.record_award(source_id=made.pk, granted_cents=cents, answered_on=TODAY, **ACT)
    return made


def due(kind, day, cents):
    return services.DueWanted(kind=kind, due_on=day, amount_cents=cents)


def test_cash_book_follows_a_schedule_what_came_and_never_pays_late_money_in_the_past():
    made = running()
    one = granted(made, 600_000)
    services.schedule_payments(
        source_id=one.pk,
        dues=[
            due("advance", datetime.date(2026, 3, 1), 200_000),
            due("interim", datetime.date(2026, 9, 1), 100_000),
            due("balance", datetime.date(2027, 12, 1), 300_000),
        ],
        **ACT,
    )
    first = one.schedule.order_by("rank").first()
    pay(one, 200_000, received_on=datetime.date(2026, 5, 10), scheduled_id=first.pk)
    book = queries.cash_book(made, on=TODAY)
    late, coming = book.receipts
    assert (book.first_on, book.opening_cents) == (datetime.date(2026, 11, 1), 200_000)
    assert (late.dues, queries.source_of(late.source)) == ((rules.Due(0, 100_000),), str(one.pk))
    assert all(0 < days <= 180 - 84 for days in late.delays.days)
    assert coming.dues == (rules.Due(13, 300_000),)
    assert 70 in coming.delays.days  # 1 March to 10 May: learned beside the usual ones
    assert book.names[late.source] == book.names[coming.source] == one.funder_name
    shares = book.pace().received[str(one.pk)]
    assert (shares[0], shares[-1]) == (Fraction(1, 3), 1)


def test_cash_book_opens_with_what_came_less_what_was_taken_back_and_spent():
    made = running()
    this_year(made, 1_200_000)
    one = granted(made, 600_000)
    pay(one, 600_000, received_on=datetime.date(2026, 5, 10))
    services.claw_back(source_id=one.pk, amount_cents=100_000, taken_on=TODAY, reason="x", key="b",
                       **ACT)  # fmt: skip
    found = queries.cash_book(made, on=TODAY)
    assert found.opening_cents == 500_000 - 1_000_000
    assert found.spent_cents[:3] == (100_000, 100_000, 0)
    assert found.receipts == ()
    assert found.pace().opening_cents == -1_000_000


def test_ways_put_an_investment_off_ask_an_advance_and_price_a_loan(made):
    line(made, 600_000, is_investment=True, nature="61")
    one = granted(made, 600_000)
    services.schedule_payments(
        source_id=one.pk, dues=[due("balance", datetime.date(2027, 4, 15), 600_000)], **ACT
    )
    book = queries.cash_book(made, on=TODAY)
    bridge = book.forecast().typical
    ways = queries.ways_through(book, rate=Fraction(4, 100), on=TODAY)
    later = next(way for way in ways if way.kind == "postpone")
    assert (later.key, later.still_missing_cents) == ("09", 0)
    borrowed = next(way for way in ways if way.kind == "borrow")
    assert borrowed.cost_cents == rules.price_of_bridge(
        600_000, bridge.bridge_months, Fraction(4, 100)
    )
    # The whole sum is missing in the first month: no advance comes soon enough to help.
    assert {way.kind for way in ways} == {"postpone", "borrow"}


def test_ways_ask_who_owes_most_for_an_advance(made):
    line(made, 1_200_000)
    one = granted(made, 1_200_000)
    services.schedule_payments(
        source_id=one.pk, dues=[due("balance", datetime.date(2028, 4, 15), 1_200_000)], **ACT
    )
    book = queries.cash_book(made, on=TODAY)
    ways = queries.ways_through(book, rate=None, on=TODAY)
    best = next(way for way in ways if way.kind == "advance")
    assert best.key == str(one.pk)
    assert best.still_missing_cents == 600_000
    assert next(way for way in ways if way.kind == "borrow").cost_cents == 0


def test_cash_says_what_is_short_and_prices_the_loan(client, made):
    line(made, 1_200_000)
    one = asked(made, 1_200_000)
    services.record_award(source_id=one.pk, granted_cents=1_200_000, answered_on=TODAY, **ACT)
    page = client.get(at("project_cash", made.pk))
    assert "will be short in" in heading(page)
    assert "type the rate of your bank" in text(page)
    assert "The same in a table" in text(page)
    assert "<svg" in text(page)
    priced = text(client.get(at("project_cash", made.pk) + "?taux=4,5"))
    assert "it costs €" in priced
    wrong = text(client.get(at("project_cash", made.pk) + "?taux=beaucoup"))
    assert "Enter a number" in wrong
    assert "type the rate of your bank" in wrong


def test_cash_without_costs_says_what_comes_first(client, made):
    page = client.get(at("project_cash", made.pk))
    assert heading(page) == "Cash is counted once there are costs and funders"


def test_cash_that_is_never_short_says_so(client, made):
    line(made, 100_000)
    granted_own(made, 100_000)
    assert heading(client.get(at("project_cash", made.pk))).startswith("Money is not short")


# --- proposals ----------------------------------------------------------------------------------


def test_optimum_chooses_the_fewest_files_and_is_taken(client, made):
    cost = line(made, 1_000_000)
    small, large = source(made, 400_000), source(made, 1_000_000)
    url = at("project_optimum", made.pk)
    assert heading(client.get(url)) == "What do you look for first?"
    page = client.get(url + "?but=fewest_files")
    assert heading(page) == "1 source pays for everything"
    assert "No better plan exists." in text(page)
    mark = page.context["mark"]
    client.post(url, {"but": "fewest_files", "mark": mark, "aside": "1"})
    part = PlanAllocation.objects.get()
    assert (part.source_id, part.line_id, part.cents) == (large.pk, cost.pk, 1_000_000)
    small.refresh_from_db()
    assert small.state == "withdrawn"
    assert "adds up" in heading(client.get(at("project_plan", made.pk)))


def test_optimum_is_not_taken_once_the_plan_changed(client, made):
    line(made, 1_000_000)
    source(made, 1_000_000)
    url = at("project_optimum", made.pk)
    mark = client.get(url + "?but=largest_expected").context["mark"]
    line(made, 50_000)
    source(made, 60_000)
    page = client.post(url, {"but": "largest_expected", "mark": mark})
    assert page.status_code == 409
    assert "here is a new proposal" in text(page)
    assert not PlanAllocation.objects.exists()


def test_optimum_with_too_little_money_says_what_stays_to_find(client, made):
    line(made, 1_000_000)
    source(made, 400_000)
    page = client.get(at("project_optimum", made.pk) + "?but=smallest_cash_gap")
    assert heading(page).startswith("With these funders, €6,000 stay")


def test_optimum_lowers_a_request_to_what_is_needed(client, made):
    line(made, 500_000)
    one = source(made, 900_000)
    url = at("project_optimum", made.pk)
    page = client.get(url + "?but=fewest_files")
    assert "instead of €9,000" in text(page)
    client.post(url, {"but": "fewest_files", "mark": page.context["mark"]})
    one.refresh_from_db()
    assert one.asked_cents == 500_000


# --- proofs -------------------------------------------------------------------------------------


@pytest.fixture
def lived():
    """A project of this year whose carrier gave one session."""
    _charge, slot = delivered()
    of = project(
        carrier_id=slot.offer.place.organisation_id, starts_on=datetime.date(2026, 1, 1),
        ends_on=datetime.date(2027, 12, 31),
    )  # fmt: skip
    return of, slot, signed_in(Role.CARRIER, of.carrier)


def chosen(to, slot, **fields):
    day = slot.starts_at.date().isoformat()
    return {"ligne": to.pk, "cout": "staff", "du": day, "au": day, "heure": "40",
            "lieux": slot.offer.place_id} | fields  # fmt: skip


def test_sessions_are_seen_then_tagged_once(lived):
    of, slot, client = lived
    staff = this_year(of)
    url = at("project_sessions", of.pk)
    minutes = (slot.ends_at - slot.starts_at).seconds // 60
    page = client.get(url, chosen(staff, slot))
    assert heading(page).startswith("1 session would prove")
    assert not LineTag.objects.exists()
    client.post(url, chosen(staff, slot))
    assert LineTag.objects.get().amount_cents == minutes * 4_000 // 60
    client.post(url, chosen(staff, slot))
    assert LineTag.objects.count() == 1
    again = client.get(url, chosen(staff, slot))
    assert "1 session of the period already proves this cost" in text(again)
    client.post(url, chosen(staff, slot, cout="travel", heure="10"))
    assert LineTag.objects.count() == 2


def test_sessions_of_another_carrier_are_not_offered(lived):
    of, slot, client = lived
    staff = this_year(of)
    other = project(starts_on=datetime.date(2026, 1, 1))
    stranger = signed_in(Role.CARRIER, other.carrier)
    page = stranger.get(at("project_sessions", other.pk))
    assert "No place behind this project" in text(page)
    refused = stranger.post(at("project_sessions", other.pk), chosen(this_year(other), slot))
    assert refused.status_code == 422
    wrong = client.post(at("project_sessions", of.pk), chosen(staff, slot, au="2027-01-05"))
    assert wrong.status_code == 422
    assert "keep both days in that year" in text(wrong)
    assert not LineTag.objects.exists()


def test_sessions_of_an_organisation_invited_without_its_consent_are_not_taken(lived):
    _of, slot, _client = lived
    other = project(starts_on=datetime.date(2026, 1, 1))
    owner = slot.offer.place.organisation_id
    services.share_project(project_id=other.pk, organisation_id=owner, right="reader", **ACT)
    greedy = signed_in(Role.CARRIER, other.carrier)
    assert "No place behind this project" in text(greedy.get(at("project_sessions", other.pk)))
    with pytest.raises(ProofNotPossible):
        services.prove_by_sessions(
            line_id=this_year(other).pk, place_ids=[slot.offer.place_id], cost="staff",
            acting_for=[other.carrier_id], first_on=TODAY, last_on=TODAY, hour_cents=4_000, **ACT,
        )  # fmt: skip


def test_cost_with_its_bill_proves_a_line(client):
    of = running()
    client = signed_in(Role.CARRIER, of.carrier)
    to = this_year(of, 100_000)
    url = at("project_cost_new", of.pk)
    given = {"line": to.pk, "label": "Loyer du camion", "spent_on": "2026-03-02",
             "amount": "720,50", "cost": "equipment"}  # fmt: skip
    bill = SimpleUploadedFile("facture.pdf", pdf(), content_type="application/pdf")
    answer = client.post(url, given | {"file": bill})
    tag = LineTag.objects.get()
    assert answer.url == at("project_line_proofs", of.pk, to.pk)
    assert (tag.amount_cents, tag.document.name) == (72_050, "facture.pdf")
    page = client.get(at("project_proofs", of.pk))
    assert heading(page) == "€279.50 of €1,000 are still to be proved"
    other_year = client.post(url, given | {"spent_on": "2027-03-02"})
    assert other_year.status_code == 422
    assert "a day in the year of the line" in text(other_year)
    broken = SimpleUploadedFile("facture.pdf", b"MZ...", content_type="application/pdf")
    assert client.post(url, given | {"file": broken}).status_code == 422
    assert LineTag.objects.count() == 1


def test_untag_takes_a_proof_away():
    of = running()
    to, client = this_year(of), signed_in(Role.CARRIER, of.carrier)
    tag = services.prove_by_cost(line_id=to.pk, label="Essence", amount_cents=5_000,
                                 spent_on=datetime.date(2026, 3, 2), **ACT)  # fmt: skip
    assert "bill to be added" in text(client.get(at("project_line_proofs", of.pk, to.pk)))
    url = at("project_proof_untag", of.pk, tag.pk)
    assert "€50.00 of the line are no longer proved" in text(client.get(url))
    client.post(url)
    assert not LineTag.objects.exists()
    assert client.post(url).status_code == 404


@pytest.fixture
def claimed():
    """Two funders of one line, of which a part is proved; one paid a little."""
    of = running()
    to = this_year(of, 1_000_000, label="Animateur")
    town, trust = granted(of, 600_000, funder_name="Ville"), granted(of, 400_000)
    allocate(town, to, 600_000)
    allocate(trust, to, 400_000)
    services.prove_by_cost(line_id=to.pk, label="=2+2", amount_cents=500_000,
                           spent_on=datetime.date(2026, 3, 2), **ACT)  # fmt: skip
    pay(town, 100_000)
    return of, town, signed_in(Role.CARRIER, of.carrier)


def test_claim_gives_each_funder_its_share_less_what_it_paid(claimed):
    of, town, client = claimed
    page = client.get(at("project_claim", of.pk, town.pk))
    assert heading(page) == "€2,000 can be asked for today"
    assert "€3,000 proved of €6,000; €1,000 received." in text(page)


def test_claim_and_report_on_paper_and_as_a_table_say_the_same(claimed):
    of, town, client = claimed
    claim = client.get(at("project_claim_pdf", of.pk, town.pk))
    said = " ".join(texts(claim.content))
    assert "€2,000.00" in said
    assert "Animateur" in said
    report = " ".join(texts(client.get(at("project_report_pdf", of.pk, town.pk)).content))
    assert "Final report" in report
    assert "The whole budget" in report
    table = client.get(at("project_claim_csv", of.pk, town.pk))
    assert table.headers["Cache-Control"] == "no-store, private"
    rows = io.StringIO(table.content.decode("utf-8-sig")).read().splitlines()
    assert rows[1] == "Animateur,2026,6000.00,3000.00,3000.00"


# --- effort -------------------------------------------------------------------------------------


def test_effort_adds_hours_up_and_compares_pooling(client, made):
    one = granted(made, 1_000_000, funder_name="Ville")
    given = {"day": TODAY.isoformat(), "hours": "9,5", "task": "writing", "source": one.pk}
    assert client.post(at("project_hours_new", made.pk), given).status_code == 302
    client.post(at("project_hours_new", made.pk), given | {"hours": "0.5", "source": ""})
    assert sorted(HoursSpent.objects.values_list("minutes", flat=True)) == [30, 570]
    page = client.get(at("project_effort", made.pk))
    assert heading(page) == "A thousand euros took 1 h to find"
    query = "?structures=7&dossiers=22&seul=12&commun=15&propre=3&heure=30"
    compared = text(client.get(at("project_effort", made.pk) + query))
    # 7 × 12 × 22 = 1 848 h; (15 + 3 × 7) × 22 = 792 h.
    assert "Together, 1,056 h are spared: €31,680" in compared
    assert "It pays off from 2 carriers on." in compared


def test_effort_takes_back_time_noted_by_mistake_once_asked(client, made):
    noted = services.note_hours(
        project_id=made.pk, task="writing", spent_on=TODAY, minutes=570, **ACT
    )
    url = at("project_hours_removed", made.pk, noted.pk)
    assert url in client.get(at("project_effort", made.pk)).content.decode()
    assert "9 h 30" in heading(client.get(url))
    assert HoursSpent.objects.count() == 1
    assert client.post(url).status_code == 302
    assert not HoursSpent.objects.exists()
    assert client.get(url).status_code == 404


def test_effort_refuses_no_time_and_more_than_a_day(client, made):
    given = {"day": TODAY.isoformat(), "task": "writing", "source": ""}
    for hours in ("0", "25", "longtemps"):
        page = client.post(at("project_hours_new", made.pk), given | {"hours": hours})
        assert page.status_code == 422
    assert not HoursSpent.objects.exists()


def test_effort_of_a_new_project_says_nothing_was_noted(client, made):
    assert heading(client.get(at("project_effort", made.pk))) == "No time was noted yet"
