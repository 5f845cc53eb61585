"""Funders: requests, deadlines, refusals, reductions, payments, clawbacks, time spent."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from filiere.projects import queries, services
from filiere.projects.errors import (
    AwardNotPossible,
    AwardOverAsked,
    ClawbackNotPossible,
    DeadlinePassed,
    GrantPaymentNotPossible,
    HoursNotPossible,
    PaymentDemandReused,
    ReplyNotPossible,
    ScheduleNotPossible,
    SourceAsked,
    SourceMoveNotPossible,
    SourceNotPossible,
)
from filiere.projects.models import FundingSource, GrantPayment, Scheme, Submission
from tests.projects.factories import (
    ACT,
    TODAY,
    allocate,
    asked,
    granted,
    line,
    pay,
    project,
    source,
)
from tests.projects.test_answers import answer, at_once

pytestmark = pytest.mark.django_db
REAL = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def scheme(**fields) -> Scheme:
    given = {
        "funder_name": "Fondation du Lien", "name": "Appel 2027", "kind": "foundation",
        "form_key": "foundation",
    }  # fmt: skip
    return services.save_scheme(
        external_key=fields.pop("external_key", "lien-2027"), **given | fields, **ACT
    )


def reply(sent, word, **fields):
    return services.record_reply(
        submission_id=sent.pk, reply=word, replied_on=TODAY, **ACT | fields
    )


def fresh(one):
    return type(one).objects.get(pk=one.pk)


@pytest.mark.parametrize(
    ("fields", "term"),
    [
        ({"funder_name": " "}, "funder_name"),
        ({"asked_cents": 0}, "asked_cents"),
        ({"asked_cents": -5}, "asked_cents"),
        ({"kind": "bank"}, "kind"),
        ({"likely_percent": 101}, "likely_percent"),
        ({"kind": "foundation", "regime": "de_minimis"}, "regime"),
        ({"scheme_id": 0}, "scheme"),
    ],
)
def test_add_source_refuses_what_means_nothing(fields, term):
    with pytest.raises(SourceNotPossible) as refused:
        source(project(), **fields)
    assert refused.value.parameters["term"] == term


def test_add_source_asks_one_scheme_once_unless_it_refused():
    made, call = project(), scheme()
    first = asked(made, scheme_id=call.pk)
    with pytest.raises(SourceNotPossible):
        source(made, scheme_id=call.pk)
    services.refuse_source(source_id=first.pk, answered_on=TODAY, **ACT)
    assert source(made, scheme_id=call.pk).pk


def test_edit_source_keeps_what_was_sent():
    made = project()
    staff, town = line(made), source(made, 600_000)
    allocate(town, staff, 600_000)
    services.edit_source(source_id=town.pk, asked_cents=400_000, **ACT)
    assert queries.matrix_of(made.pk) == {staff.pk: {town.pk: 400_000}}
    services.submit(source_id=town.pk, **ACT)
    with pytest.raises(SourceAsked):
        services.edit_source(source_id=town.pk, asked_cents=500_000, **ACT)
    assert services.edit_source(source_id=town.pk, likely_percent=60, **ACT).likely_percent == 60


def test_submit_freezes_the_file_and_moves_the_source():
    made = project()
    line(made, 1_000_000)
    answer(made, "Nos statuts disent…")
    town = source(made, 250_000, scheme_id=scheme().pk)
    sent = services.submit(source_id=town.pk, own_answers={"logo": "oui"}, **ACT)
    assert (sent.number, sent.form_key, fresh(town).state) == (1, "foundation", "asked")
    assert sent.content["request"] == {
        "funder": town.funder_name, "scheme": "Appel 2027", "amount_cents": 250_000,
        "rate": "1/4", "year": 2027,
    }  # fmt: skip
    assert sent.content["own_answers"] == {"logo": "oui"}
    assert sent.content["answers"] == {"purpose": {"medium": "Nos statuts disent…"}}
    assert queries.changes_since_sent(sent, ACT["at"]) == []
    services.edit_project(project_id=made.pk, title="Autre titre", **ACT)
    paths = {one.path: one.after for one in queries.changes_since_sent(sent, ACT["at"])}
    assert paths["project", "title"] == "Autre titre"
    for change in ({"content": {}}, {"asked_cents": 1}, {"sent_by": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Submission.objects.filter(pk=sent.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        sent.delete()


def test_submit_again_is_a_new_request_with_another_amount():
    made = project()
    staff, town = line(made), asked(made, 600_000)
    allocate(town, staff, 600_000)
    again = services.submit(source_id=town.pk, asked_cents=450_000, **ACT)
    assert (again.number, again.asked_cents, fresh(town).asked_cents) == (2, 450_000, 450_000)
    assert queries.totals_of(made.pk).allocated_cents == 450_000


def test_submit_judges_the_deadline_when_it_is_sent_in_french_time():
    made = project()
    town = source(made, scheme_id=scheme(closes_on=datetime.date(2026, 11, 24)).pk)
    late = datetime.datetime(2026, 11, 24, 23, 0, 1, tzinfo=datetime.UTC)  # 0 h 00 min 1 s in Paris
    with pytest.raises(DeadlinePassed, match=town.funder_name):
        services.submit(source_id=town.pk, actor="user:1", at=late)
    assert not Submission.objects.exists()
    assert fresh(town).state == "envisaged"
    in_time = late - datetime.timedelta(seconds=2)
    assert services.submit(source_id=town.pk, actor="user:1", at=in_time).number == 1


def test_submit_refuses_own_money_and_whoever_answered():
    made = project()
    own, town = source(made, kind="own"), granted(made)
    for one in (own, town):
        with pytest.raises(SourceMoveNotPossible):
            services.submit(source_id=one.pk, **ACT)
    services.record_award(source_id=own.pk, granted_cents=600_000, answered_on=TODAY, **ACT)
    assert fresh(own).state == "notified"


def test_record_reply_reduced_lowers_the_plan_and_tells_the_gap():
    made = project()
    staff, bus = line(made, 400_000, label="Animateur"), line(made, 200_000, label="Bus")
    town = source(made, 600_000)
    allocate(town, staff, 400_000)
    allocate(town, bus, 200_000)
    sent = services.submit(source_id=town.pk, **ACT)
    gap = reply(sent, "reduced", granted_cents=450_000, text="Enveloppe épuisée")
    assert gap == 150_000
    assert queries.matrix_of(made.pk) == {staff.pk: {town.pk: 300_000}, bus.pk: {town.pk: 150_000}}
    assert [(one.line.label, one.missing_cents) for one in queries.gaps_of(made.pk)] == [
        ("Animateur", 100_000), ("Bus", 50_000),
    ]  # fmt: skip
    kept = fresh(sent)
    assert (kept.reply, kept.reply_text) == ("reduced", "Enveloppe épuisée")
    assert (fresh(town).state, fresh(town).granted_cents) == ("notified", 450_000)
    with pytest.raises(ReplyNotPossible):
        reply(sent, "accepted")


def test_record_reply_refused_takes_its_parts_out_of_the_plan():
    made = project()
    staff, town = line(made), source(made)
    allocate(town, staff, 600_000)
    sent = services.submit(source_id=town.pk, **ACT)
    assert reply(sent, "refused") == 600_000
    assert (fresh(town).state, fresh(town).amount_cents) == ("refused", 0)
    assert queries.totals_of(made.pk).asked_cents == 0

    def write():
        town.allocations.create(line=staff, cents=1)
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="more than it has"), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("word", "cents"), [("reduced", 600_000), ("reduced", None), ("accepted", 1), ("refused", 5)]
)
def test_record_reply_refuses_an_amount_that_contradicts_it(word, cents):
    made = project()
    sent = services.submit(source_id=source(made).pk, **ACT)
    with pytest.raises(ReplyNotPossible):
        reply(sent, word, granted_cents=cents)


def test_record_reply_answers_the_last_request_only():
    town = source(project())
    first = services.submit(source_id=town.pk, **ACT)
    assert services.submit(source_id=town.pk, **ACT).pk == first.pk
    services.submit(source_id=town.pk, asked_cents=500_000, **ACT)
    with pytest.raises(ReplyNotPossible):
        reply(first, "accepted")


def test_record_award_over_what_was_asked_says_why():
    town = asked(project(), 600_000)
    award = {"source_id": town.pk, "answered_on": TODAY} | ACT
    with pytest.raises(AwardOverAsked):
        services.record_award(granted_cents=6_000_000, **award)
    with pytest.raises(AwardNotPossible):
        services.record_award(granted_cents=0, **award)
    services.record_award(granted_cents=650_000, raised_because="Reliquat", **award)
    assert fresh(town).granted_cents == 650_000
    with pytest.raises(IntegrityError, match="granted_within_asked"), transaction.atomic():
        FundingSource.objects.filter(pk=town.pk).update(raised_because="")
    with pytest.raises(SourceMoveNotPossible):
        services.record_award(granted_cents=600_000, **award)


def test_move_source_follows_the_steps_and_the_database_knows_them():
    made = project()
    town = asked(made)
    for state in ("complete", "complete", "examined"):
        services.move_source(source_id=town.pk, state=state, **ACT)
    for state in ("asked", "notified", "paid", "settled", "aliens"):
        with pytest.raises(SourceMoveNotPossible):
            services.move_source(source_id=town.pk, state=state, **ACT)
    allocate(town, line(made), 100)
    services.move_source(source_id=town.pk, state="withdrawn", **ACT)
    assert queries.matrix_of(made.pk) == {}
    with pytest.raises(DatabaseError), transaction.atomic():
        FundingSource.objects.filter(pk=town.pk).update(state="asked")


def test_schedule_payments_stays_within_the_award_and_keeps_what_is_paid():
    town = granted(project(), 600_000)
    due = services.DueWanted(kind="advance", due_on=TODAY, amount_cents=200_000)
    later = services.DueWanted(
        kind="balance", due_on=TODAY + datetime.timedelta(days=90), amount_cents=400_000
    )
    schedule = {"source_id": town.pk} | ACT
    first, _second = services.schedule_payments(dues=[due, later], **schedule)
    pay(town, 200_000, scheduled_id=first.pk)
    with pytest.raises(ScheduleNotPossible):
        services.schedule_payments(dues=[later], **schedule)
    with pytest.raises(ScheduleNotPossible):
        services.schedule_payments(dues=[due, later, due], **schedule)
    kept = services.schedule_payments(dues=[later, due], **schedule)
    assert kept[0].pk == first.pk
    waiting = queries.awaited(town.project_id, on=TODAY + datetime.timedelta(days=100))
    assert [(one.left_cents, one.late_days) for one in waiting] == [(400_000, 10)]


def test_a_lower_award_lowers_what_the_funder_said_it_would_pay():
    town = asked(project(), 600_000)
    days = [TODAY, TODAY + datetime.timedelta(days=90)]
    dues = [
        services.DueWanted(kind="interim", due_on=day, amount_cents=cents)
        for day, cents in zip(days, (200_000, 400_000), strict=True)
    ]
    services.schedule_payments(source_id=town.pk, dues=dues, **ACT)
    services.record_award(source_id=town.pk, granted_cents=450_001, answered_on=TODAY, **ACT)
    waiting = queries.awaited(town.project_id, on=TODAY)
    assert [one.left_cents for one in waiting] == [150_000, 300_001]


def test_record_payment_is_once_and_never_more_than_the_award():
    town = granted(project(), 600_000)
    first = pay(town, 400_000)
    assert fresh(town).state == "paid"
    assert pay(town, 400_000).pk == first.pk
    with pytest.raises(PaymentDemandReused):
        pay(town, 300_000)
    with pytest.raises(GrantPaymentNotPossible):
        pay(town, 200_001, key="more")
    pay(town, 200_000, key="rest")
    assert queries.paid_cents(town.pk) == 600_000
    services.move_source(source_id=town.pk, state="settled", **ACT)
    with pytest.raises(DatabaseError), transaction.atomic():
        GrantPayment.objects.filter(pk=first.pk).update(amount_cents=1)


@pytest.mark.parametrize("cents", [0, -1, 1.0])
def test_record_payment_refuses_amounts_that_mean_nothing(cents):
    with pytest.raises(GrantPaymentNotPossible):
        pay(granted(project()), cents)


def test_record_payment_refuses_a_source_that_granted_nothing():
    with pytest.raises(GrantPaymentNotPossible):
        pay(asked(project()), 1)


@REAL
def test_payments_racing_on_one_award_never_exceed_it():
    town = granted(project(), 600_000)
    answers = at_once([lambda n=n: pay(town, 250_000, key=str(n)) for n in range(4)])
    assert sum(isinstance(one, GrantPayment) for one in answers) == 2
    assert queries.paid_cents(town.pk) == 500_000
    same = at_once([lambda: pay(town, 100_000, key="same") for _n in range(4)])
    assert len({one.pk for one in same}) == 1


def test_claw_back_is_a_payment_below_zero_that_reopens_the_plan():
    made = project()
    staff, town = line(made, 600_000), granted(made, 600_000)
    allocate(town, staff, 600_000)
    pay(town, 600_000)
    services.move_project(project_id=made.pk, state="running", **ACT)
    services.move_project(project_id=made.pk, state="closed", **ACT)
    back = {
        "source_id": town.pk, "taken_on": TODAY, "reason": "Dépenses inéligibles", "key": "c",
    } | ACT  # fmt: skip
    payment, gap = services.claw_back(amount_cents=150_000, **back)
    assert (payment.amount_cents, gap) == (-150_000, 150_000)
    assert services.claw_back(amount_cents=150_000, **back)[0].pk == payment.pk
    assert queries.paid_cents(town.pk) == 450_000
    totals = queries.totals_of(made.pk)
    assert (totals.granted_cents, totals.paid_cents, totals.missing_cents) == (
        450_000, 450_000, 150_000,
    )  # fmt: skip
    assert [one.amount_cents for one in queries.payments_of(made.pk)] == [600_000, -150_000]
    for wrong in ({"amount_cents": 450_001}, {"amount_cents": 1, "reason": " "}):
        with pytest.raises(ClawbackNotPossible):
            services.claw_back(**back | {"key": "d"} | wrong)
    services.claw_back(**back | {"key": "all", "amount_cents": 450_000})
    assert (fresh(town).granted_cents, len(queries.plan_of(made.pk).sources)) == (0, 0)


def test_note_hours_adds_up_by_source_and_refuses_more_than_a_day():
    made = project()
    town = granted(made, 600_000)
    note = {"project_id": made.pk, "task": "writing", "spent_on": TODAY} | ACT
    services.note_hours(source_id=town.pk, minutes=300, **note)
    services.note_hours(source_id=town.pk, minutes=60, is_pooled=True, **note)
    services.note_hours(minutes=90, **note)
    mistake = services.note_hours(minutes=900, **note)
    for _twice in range(2):
        services.remove_hours(hours=mistake, **ACT)
    efforts = [
        (one.source and one.source.pk, one.minutes, one.pooled_minutes, one.granted_cents)
        for one in queries.effort_of(made.pk)
    ]
    assert efforts == [(town.pk, 360, 60, 600_000), (None, 90, 0, 0)]
    other = granted(project())
    for wrong in ({"minutes": 0}, {"minutes": 1_441}, {"minutes": 5, "source_id": other.pk}):
        with pytest.raises(HoursNotPossible):
            services.note_hours(**note | wrong)
