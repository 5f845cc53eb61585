"""State aid an organisation received, and which organisations count as one undertaking."""

from datetime import date, datetime

from django.db import transaction

from filiere.accounts.models import Organisation
from filiere.kernel import services as kernel
from filiere.projects.errors import AidNotPossible, UndertakingTaken
from filiere.projects.models import AidRecord, AidRegime, Undertaking, UndertakingMember
from filiere.projects.services.budget import MOST_CENTS


@transaction.atomic
def join_undertaking(
    *,
    organisation_id: int,
    name: str,
    from_on: date,
    actor: str,
    at: datetime,
) -> UndertakingMember:
    """Say that an organisation is controlled with others since a day; twice changes nothing.

    Args:
        name: of the undertaking; a new name opens a new one.

    Raises:
        AidNotPossible: no name.
        UndertakingTaken: it belongs to another undertaking.
    """
    if not name.strip():
        raise AidNotPossible(term="name")
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    present = UndertakingMember.objects.select_related("undertaking").filter(
        organisation=organisation, until_on=None
    )
    if there := present.first():
        if there.undertaking.name == name.strip():
            return there
        raise UndertakingTaken(organisation=organisation.name, undertaking=there.undertaking.name)
    undertaking = Undertaking.objects.filter(name=name.strip()).order_by("pk").first()
    undertaking = undertaking or Undertaking.objects.create(name=name.strip())
    member = UndertakingMember.objects.create(
        undertaking=undertaking, organisation=organisation, from_on=from_on
    )
    kernel.record(
        actor=actor, action="projects.undertaking_joined",
        subject=f"organisation:{organisation_id}", at=at, undertaking=undertaking.pk,
    )  # fmt: skip
    return member


@transaction.atomic
def leave_undertaking(
    *, member: UndertakingMember, until_on: date, actor: str, at: datetime
) -> None:
    """Note the last day an organisation was controlled with the others.

    Raises:
        AidNotPossible: before its first day.
    """
    held = UndertakingMember.objects.select_for_update().get(pk=member.pk)
    if until_on < held.from_on:
        raise AidNotPossible(term="until_on")
    held.until_on = until_on
    held.save(update_fields=["until_on"])
    kernel.record(
        actor=actor, action="projects.undertaking_left",
        subject=f"organisation:{held.organisation_id}", at=at, undertaking=held.undertaking_id,
    )  # fmt: skip


@transaction.atomic
def record_aid(
    *,
    organisation_id: int,
    grantor_name: str,
    granted_on: date,
    gross_cents: int,
    regime: str,
    actor: str,
    at: datetime,
    source_id: int | None = None,
    instrument: str = "",
    sector: str = "",
) -> AidRecord:
    """Note one aid on the day the right to it was given. The same source is noted once.

    Args:
        gross_cents: gross grant equivalent, above 0.
        regime: one of ``AidRegime``.

    Raises:
        AidNotPossible: no authority, amount or regime; or the record of this source was cancelled:
            the right one is then noted without naming the source.
    """
    if not grantor_name.strip() or regime not in AidRegime.values:
        raise AidNotPossible(term="regime")
    if type(gross_cents) is not int or not 0 < gross_cents <= MOST_CENTS:
        raise AidNotPossible(term="gross_cents")
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    if source_id is not None:
        known = AidRecord.objects.filter(source=source_id, cancels=None).first()
        if known is not None and not AidRecord.objects.filter(cancels=known).exists():
            return known
        if known is not None:
            raise AidNotPossible(term="source")
    record = AidRecord.objects.create(
        organisation_id=organisation_id, source_id=source_id, grantor_name=grantor_name.strip(),
        granted_on=granted_on, gross_cents=gross_cents, regime=regime, instrument=instrument,
        sector=sector, recorded_at=at, recorded_by=actor,
    )  # fmt: skip
    kernel.record(
        actor=actor, action="projects.aid_recorded", subject=f"organisation:{organisation_id}",
        at=at, cents=gross_cents, regime=regime,
    )  # fmt: skip
    return record


@transaction.atomic
def cancel_aid(*, record: AidRecord, actor: str, at: datetime) -> AidRecord:
    """Cancel a record made by mistake, by its opposite. Twice is once.

    Raises:
        AidNotPossible: it is itself a cancellation.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=record.organisation_id)
    if record.cancels_id is not None:
        raise AidNotPossible(term="cancels")
    if known := AidRecord.objects.filter(cancels=record).first():
        return known
    opposite = AidRecord.objects.create(
        organisation_id=record.organisation_id, source_id=record.source_id, cancels=record,
        grantor_name=record.grantor_name, granted_on=record.granted_on,
        gross_cents=-record.gross_cents, regime=record.regime, instrument=record.instrument,
        sector=record.sector, recorded_at=at, recorded_by=actor,
    )  # fmt: skip
    kernel.record(
        actor=actor, action="projects.aid_cancelled",
        subject=f"organisation:{record.organisation_id}", at=at, cents=opposite.gross_cents,
    )  # fmt: skip
    return opposite
