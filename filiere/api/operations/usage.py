"""What became of a programme's vouchers, and the lots behind them. Amounts in euro cents."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from filiere.api.problems import answers
from filiere.api.security import SignedIn, holds, public
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, require
from filiere.observatory import queries as observatory
from filiere.observatory.queries import UsageBy
from filiere.programmes.models import Programme
from filiere.vouchers import queries as vouchers
from filiere.vouchers import services
from filiere.vouchers.models import Lot

router = Router(tags=["lots of vouchers"])


class StageOut(Schema):
    """One stage: vouchers, and what they are worth."""

    stage: str
    vouchers: int
    cents: int


class UsageRowOut(Schema):
    """One lot, prescriber or commune; ``handed_out`` is null for communes."""

    label: str
    handed_out: int | None
    used: int | None
    used_cents: int | None


class UsageOut(Schema):
    """The funnel; ``hidden`` groups are too small to be published."""

    programme_id: int
    stages: list[StageOut]
    rows: list[UsageRowOut]
    hidden: int


class ReachOut(Schema):
    """Inhabitants within reach of an open, qualified place with free seats."""

    lot_id: int
    inhabitants: int
    within: int
    percent: int | None
    wanted_percent: int
    minutes: int
    far_communes: list[str]
    unmeasured_communes: int


class EntrustIn(Schema):
    """Whole booklets, from a number to another, and who keeps them; null brings them back."""

    organisation_id: int | None = None
    serial_from: int
    serial_to: int


class EntrustedOut(Schema):
    """How many booklets changed hands."""

    booklets: int


@router.get(
    "/programmes/{int:programme_id}/usage",
    auth=public,
    response=answers(UsageOut),
    operation_id="programme_usage",
)
def usage(request: HttpRequest, programme_id: int, by: UsageBy = UsageBy.COMMUNE) -> dict[str, Any]:
    """Follow vouchers from order to payment. Public when the programme publishes it."""
    programme = Programme.objects.filter(pk=programme_id).first()
    if programme is None:
        raise NotFound(reference=programme_id)
    inside = request.user.is_authenticated and allowed(
        request.user, "observatory.see_programmes", programme
    )
    if not inside and not programme.funnel_is_public:
        raise NotFound(reference=programme_id)
    today = legal_day(timezone.now())
    found = observatory.usage_of_programme(programme, by=by, public_on=None if inside else today)
    stages = found.stages
    named = {
        "ordered": stages.ordered,
        "activated": stages.activated,
        "handed_out": stages.handed_out,
        "used": stages.used,
        "paid": stages.paid,
    }
    return {
        "programme_id": programme.pk,
        "stages": [
            {"stage": name, "vouchers": stage.vouchers, "cents": stage.cents}
            for name, stage in named.items()
            if stage is not None
        ],
        "rows": found.rows,
        "hidden": found.hidden,
    }


@router.get(
    "/lots/{int:lot_id}/reach",
    auth=holds("vouchers.see_lot"),
    response=answers(ReachOut),
    operation_id="lot_reach",
)
def reach(request: SignedIn, lot_id: int) -> dict[str, Any]:
    """Tell who could use the vouchers of a lot, and the communes where it would fail."""
    found = vouchers.reach_of(_lot(request, lot_id, "vouchers.see_lot"), at=timezone.now())
    return {
        "lot_id": lot_id,
        "inhabitants": found.inhabitants,
        "within": found.within,
        "percent": found.percent,
        "wanted_percent": found.wanted_percent,
        "minutes": found.minutes,
        "far_communes": [one.code for one in found.far],
        "unmeasured_communes": found.unmeasured,
    }


@router.post(
    "/lots/{int:lot_id}/entrust",
    auth=holds("vouchers.run_lot"),
    response=answers(EntrustedOut),
    operation_id="entrust_booklets",
)
def entrust(request: SignedIn, lot_id: int, given: EntrustIn) -> EntrustedOut:
    """Entrust whole booklets to an organisation. Twice to the same one is once."""
    moved = services.entrust(
        lot=_lot(request, lot_id, "vouchers.run_lot"),
        organisation_id=given.organisation_id,
        serial_from=given.serial_from,
        serial_to=given.serial_to,
        at=timezone.now(),
        actor=request.user.actor,
    )
    return EntrustedOut(booklets=moved)


def _lot(request: SignedIn, lot_id: int, action: str) -> Lot:
    found = Lot.objects.select_related("programme").filter(pk=lot_id).first()
    if found is None:
        raise NotFound(reference=lot_id)
    require(request.user, action, found)
    return found
