"""A lot of the demonstration left to the operator: made, entrusted, not activated yet."""

import datetime as dt

from filiere.accounts.models import OrganisationKind
from filiere.operations.loop.world import organisation
from filiere.programmes.models import Programme
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Lot

LABEL = "Carnets d'automne (démonstration)"
COUNT, FACE_CENTS, BOOKLET = 20, 1_000, 10


def prepare(programme: Programme, *, at: dt.datetime) -> Lot:
    """Prepare the lot once, from what a programme's funders promised."""
    known = Lot.objects.filter(programme=programme, label=LABEL).first()
    if known is not None:
        return known
    lot = vouchers.create_lot(
        programme=programme,
        count=COUNT,
        face_cents=FACE_CENTS,
        use_until=programme.ends_on,
        label=LABEL,
        booklet_size=BOOKLET,
        at=at,
        actor="demo",
    )
    vouchers.make_vouchers(lot=lot, at=at, actor="demo")
    keeper = organisation("CCAS (démonstration)", OrganisationKind.COMMUNE)
    first = lot.booklets.order_by("number").first()
    if first is not None:
        vouchers.entrust(
            lot=lot,
            organisation_id=keeper.pk,
            serial_from=first.serial_from,
            serial_to=first.serial_to,
            at=at,
            actor="demo",
        )
    return lot
