"""The end of a lot: alerts, statement, closing, value given back once."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from filiere.accounts.models import Membership, Role
from filiere.kernel import checks
from filiere.kernel.models import OutboxMessage
from filiere.ledger import queries as ledger
from filiere.observatory import queries as observatory
from filiere.programmes import queries as programmes
from filiere.vouchers import errors, services
from filiere.vouchers.models import ClosingStatement, Lot, Voucher
from tests.agenda.factories import UserFactory
from tests.programmes.factories import AT, organisation
from tests.vouchers.factories import active, draft, person

pytestmark = pytest.mark.django_db

ENDS_ON = datetime.date(2026, 12, 31)


def moment(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(9), tzinfo=datetime.UTC)


AFTER = moment(datetime.date(2027, 3, 1))


def broken():
    wanted = {"ledger", "programmes", "vouchers", "operations"}
    return [v for v in checks.run() if not v.holds and v.name.split(".")[0] in wanted]


def acknowledged(scene):
    services.draw_statement(lot=scene.lot, at=AFTER, actor="operator")
    for side in ("operator", "commissioner"):
        services.acknowledge_statement(lot=scene.lot, side=side, at=AFTER, actor=side)


def closed(scene):
    acknowledged(scene)
    return services.close_lot(lot=scene.lot, at=AFTER, actor="operator")


def test_lot_has_three_days_in_order():
    scene = draft()

    assert scene.lot.tolerance_until == datetime.date(2027, 1, 31)
    assert scene.lot.present_until == datetime.date(2027, 2, 28)
    with pytest.raises(errors.LotDatesReversed):
        draft(lot_terms={"tolerance_until": datetime.date(2026, 12, 30)})
    with pytest.raises(errors.LotDatesReversed):
        draft(lot_terms={"present_until": datetime.date(2027, 1, 1)})


def test_attack_56_a_leap_year_presents_until_the_29_february():
    scene = draft(use_until=datetime.date(2027, 12, 31), ends_on=datetime.date(2027, 12, 31))

    assert scene.lot.present_until == datetime.date(2028, 2, 29)


@pytest.mark.parametrize(
    ("days", "kind"), [(31, None), (30, "soon"), (15, "reallocate"), (3, "last")]
)
def test_closing_alerts_are_given_once_at_their_day(days, kind):
    scene = active()
    Membership.objects.create(
        user=UserFactory(), organisation_id=scene.lot.programme.commissioner_id,
        role=Role.COMMISSIONER,
    )  # fmt: skip
    Membership.objects.create(
        user=UserFactory(), organisation=organisation(), role=Role.COMMISSIONER
    )
    at = moment(ENDS_ON - datetime.timedelta(days=days))

    assert services.closing_alerts(at=at) == (kind is not None)
    assert services.closing_alerts(at=at) == 0
    assert [one.kind for one in scene.lot.alerts.order_by("pk")] == ([kind] if kind else [])
    assert OutboxMessage.objects.count() == (kind is not None)


def test_closing_alerts_say_what_is_left_and_nothing_secret():
    scene = active()
    scene.redeem(wanted_cents=1000)
    Membership.objects.create(user=UserFactory(), organisation=organisation(), role=Role.OPERATOR)

    services.closing_alerts(at=moment(datetime.date(2026, 12, 20)))

    told = OutboxMessage.objects.get()
    assert "140,00\u00a0€" in told.body
    assert scene.issued[0].printed not in told.body


def test_closing_alerts_leave_an_exhausted_lot_in_peace():
    scene = active(count=1, face=1000)
    scene.redeem()

    assert services.closing_alerts(at=moment(ENDS_ON)) == 0


def test_draw_statement_tells_what_each_funder_issued_and_used():
    scene = active(parts=[10_000, 5_000])
    services.hand_out(
        voucher_serial=scene.issued[0].serial, person_id=person().pk,
        organisation_id=scene.provider.pk, at=AT, actor="test",
    )  # fmt: skip
    scene.redeem(wanted_cents=1000)

    with pytest.raises(errors.LotStillClaimable):
        services.draw_statement(
            lot=scene.lot, at=moment(datetime.date(2027, 2, 28)), actor="operator"
        )
    statement = services.draw_statement(lot=scene.lot, at=AFTER, actor="operator")

    assert list(
        statement.lines.order_by("tranche_id").values_list(
            "issued_cents", "handed_out_cents", "used_cents", "unused_cents"
        )
    ) == [(10_000, 3334, 667, 9333), (5_000, 1666, 333, 4667)]


def test_acknowledge_statement_takes_two_people():
    scene = active()
    with pytest.raises(errors.StatementMissing):
        services.acknowledge_statement(lot=scene.lot, side="operator", at=AFTER, actor="a")
    services.draw_statement(lot=scene.lot, at=AFTER, actor="a")
    services.acknowledge_statement(lot=scene.lot, side="operator", at=AFTER, actor="a")
    with pytest.raises(errors.AcknowledgedByTheSame):
        services.acknowledge_statement(lot=scene.lot, side="commissioner", at=AFTER, actor="a")
    with pytest.raises(IntegrityError, match="closingstatement_two_people"), transaction.atomic():
        ClosingStatement.objects.update(commissioner_by="a", commissioner_at=AFTER)

    assert (
        services.acknowledge_statement(
            lot=scene.lot, side="operator", at=AFTER, actor="b"
        ).operator_by
        == "a"
    )


def test_close_lot_waits_for_both_sides_or_thirty_days():
    scene = active()
    with pytest.raises(errors.StatementMissing):
        services.close_lot(lot=scene.lot, at=AFTER, actor="operator")
    services.draw_statement(lot=scene.lot, at=AFTER, actor="operator")
    with pytest.raises(errors.StatementNotAcknowledged):
        services.close_lot(lot=scene.lot, at=AFTER + datetime.timedelta(days=29), actor="operator")

    later = AFTER + datetime.timedelta(days=30)
    assert services.close_lot(lot=scene.lot, at=later, actor="operator").state == "closed"


def test_attack_57_unused_value_goes_back_to_each_funder_exactly_once():
    scene = active(parts=[10_000, 5_000])
    scene.redeem(wanted_cents=1000)

    lot = closed(scene)

    assert services.close_lot(lot=lot, at=AFTER, actor="operator").closing_group_id
    assert [programmes.available_cents(one) for one in scene.tranches] == [9_333, 4_667]
    assert set(ledger.balances("pocket:").values()) == {0}
    states = Voucher.objects.filter(lot=lot).order_by("serial")
    assert [one.state for one in states] == ["expired"] * 3
    assert [one.remaining_cents for one in states] == [4000, 5000, 5000]
    flows = observatory.flows_of_tranche(scene.tranches[0].pk)
    assert (flows.used_cents, flows.not_activated_cents) == (667, 9_333)
    assert (flows.not_handed_out_cents, flows.handed_out_unused_cents) == (0, 0)
    assert broken() == []


def test_attack_56_a_closed_lot_pays_nothing_more():
    scene = active()
    closed(scene)

    with pytest.raises(errors.VoucherExpired):
        scene.redeem()
    with pytest.raises(errors.VoucherExpired):
        services.declare_lost(serial=scene.issued[0].serial, at=AT, actor="test")
    with pytest.raises(errors.LotNotActive):
        services.entrust(
            lot=Lot.objects.get(pk=scene.lot.pk), organisation_id=None, at=AFTER, actor="t"
        )
    with pytest.raises(errors.LotNotActive):
        services.draw_statement(lot=scene.lot, at=AFTER, actor="operator")


def test_close_lot_of_an_exhausted_lot_moves_nothing():
    scene = active(count=1, face=1000)
    scene.redeem()

    assert closed(scene).closing_group_id is None
    assert broken() == []


def test_attack_53_a_session_undone_after_closing_goes_back_to_its_funders():
    scene = active(parts=[10_000, 5_000])
    paid = scene.redeem(wanted_cents=1000)
    closed(scene)

    services.reverse_movement(
        movement=paid.movement_id, reason="erreur", at=AFTER, actor="operator"
    )

    assert services.sweep_closed_lot(lot=scene.lot, at=AFTER, actor="operator") == 0
    assert [programmes.available_cents(one) for one in scene.tranches] == [10_000, 5_000]
    assert broken() == []


def test_sweep_closed_lot_leaves_an_active_lot_alone():
    scene = active()

    assert services.sweep_closed_lot(lot=scene.lot, at=AFTER, actor="operator") == 0
    assert sum(ledger.balances("pocket:").values()) == 15_000


def test_money_given_back_makes_another_lot():
    scene = active()
    closed(scene)

    again = services.create_lot(
        programme=scene.lot.programme, count=3, face_cents=5000,
        use_until=datetime.date(2027, 12, 31), at=AFTER, actor="test",
    )  # fmt: skip

    assert sum(again.parts.values_list("amount_cents", flat=True)) == 15_000
