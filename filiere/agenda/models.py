"""Everything that can be booked: units, occupations, slots, registrations.

A unit is a thing that can be in one place at a time (a mediator, a room, a machine). An occupation
says when it is taken; one exclusion constraint in the database makes double booking impossible.
A slot is a published offer of seats; a realised slot *is* the service record.
"""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value


class UnitKind(models.TextChoices):
    """What the unit is."""

    WORKER = "worker", "personne"
    ROOM = "room", "salle"
    MACHINE = "machine", "machine"
    VEHICLE = "vehicle", "véhicule"


class Unit(models.Model):
    """One atomic exclusive thing of one place."""

    place = models.ForeignKey("directory.Place", on_delete=models.PROTECT, related_name="units")
    kind = models.CharField("nature", max_length=8, choices=UnitKind.choices)
    name = models.CharField("nom", max_length=120)
    worker = models.OneToOneField(
        "directory.Worker", on_delete=models.PROTECT, null=True, related_name="unit"
    )

    class Meta:
        verbose_name = "unité"
        constraints = [
            known_value("unit", "kind", UnitKind),
            models.CheckConstraint(
                condition=Q(kind=UnitKind.WORKER, worker__isnull=False)
                | (~Q(kind=UnitKind.WORKER) & Q(worker__isnull=True)),
                name="unit_worker_iff_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SlotState(models.TextChoices):
    """Life of a slot."""

    OPEN = "open", "ouvert"
    CANCELLED = "cancelled", "annulé"
    REALISED = "realised", "réalisé"


class Slot(models.Model):
    """Seats of one offer, at one time, with one worker."""

    offer = models.ForeignKey("directory.Offer", on_delete=models.PROTECT, related_name="slots")
    worker = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    seats = models.PositiveSmallIntegerField("places", default=1)
    title = models.CharField("titre de l'atelier", max_length=120, blank=True)
    state = models.CharField(
        "état", max_length=9, choices=SlotState.choices, default=SlotState.OPEN
    )
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        constraints = [
            known_value("slot", "state", SlotState),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=200), name="slot_seats_in_range"
            ),
        ]
        indexes = [
            models.Index(
                fields=["offer", "starts_at"], name="slot_open_by_offer", condition=Q(state="open")
            ),
            models.Index(fields=["worker", "starts_at"], name="slot_by_worker"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="slot_seats_not_below_taken",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("seats"),  # type: ignore[no-untyped-call]
                func="""
                    IF EXISTS (
                        SELECT FROM agenda_registration
                        WHERE slot_id = NEW.id AND seat > NEW.seats
                          AND state IN ('held', 'confirmed', 'present', 'absent')
                    ) THEN
                        RAISE EXCEPTION 'slot %: a seat over % is taken', NEW.id, NEW.seats
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'slot_seats_not_below_taken';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Cause(models.TextChoices):
    """Why a unit is taken."""

    SLOT = "slot", "créneau"
    ABSENCE = "absence", "absence"
    MAINTENANCE = "maintenance", "entretien"
    CLOSURE = "closure", "fermeture"


class Occupation(models.Model):
    """A unit is taken during a range. The only table where exclusivity lives."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="occupations")
    during = DateTimeRangeField("pendant")
    cause = models.CharField("cause", max_length=11, choices=Cause.choices)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, related_name="occupations")
    released = models.BooleanField("libérée", default=False)

    class Meta:
        verbose_name = "occupation"
        constraints = [
            known_value("occupation", "cause", Cause),
            models.CheckConstraint(
                condition=Q(cause=Cause.SLOT, slot__isnull=False)
                | (~Q(cause=Cause.SLOT) & Q(slot__isnull=True)),
                name="occupation_slot_iff_cause",
            ),
            ExclusionConstraint(
                name="occupation_no_overlap",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(released=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.during}"


class RegistrationState(models.TextChoices):
    """Life of a seat. HELD waits for a referral's answer; CANCELLED and RELEASED free the seat."""

    HELD = "held", "option"
    CONFIRMED = "confirmed", "confirmée"
    PRESENT = "present", "venue"
    ABSENT = "absent", "absente"
    CANCELLED = "cancelled", "annulée"
    RELEASED = "released", "libérée"


AWAITED = (RegistrationState.HELD, RegistrationState.CONFIRMED)
NOTED = (RegistrationState.PRESENT, RegistrationState.ABSENT)
TAKES_SEAT = (*AWAITED, *NOTED)


class Registration(models.Model):
    """One person in one seat. ``ref`` is what is printed and said aloud."""

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="registrations")
    seat = models.PositiveSmallIntegerField("rang de la place")
    person = models.ForeignKey(
        "persons.Person", on_delete=models.PROTECT, related_name="registrations"
    )
    ref = models.CharField("référence", max_length=12, unique=True)
    state = models.CharField("état", max_length=9, choices=RegistrationState.choices)
    # Opaque actor who booked: the person, a prescriber, the mediator.
    booked_by = models.CharField("pris par", max_length=40)
    booked_at = models.DateTimeField("pris le")
    attendance_at = models.DateTimeField("présence notée le", null=True)
    need = models.CharField("besoin", max_length=40, blank=True)
    procedure = models.CharField("démarche", max_length=60, blank=True)
    # Who pays a part under an agreement: known at booking, so that billing never looks upward.
    commitment = models.ForeignKey(
        "agreements.Commitment", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "inscription"
        constraints = [
            known_value("registration", "state", RegistrationState),
            models.UniqueConstraint(
                fields=["slot", "seat"],
                name="registration_one_per_seat",
                condition=Q(state__in=TAKES_SEAT),
            ),
            models.UniqueConstraint(
                fields=["slot", "person"],
                name="registration_once_per_person",
                condition=Q(state__in=TAKES_SEAT),
            ),
            models.CheckConstraint(condition=Q(seat__gte=1), name="registration_seat_from_one"),
        ]
        indexes = [models.Index(fields=["person", "slot"], name="registration_by_person")]
        triggers = [
            pgtrigger.Trigger(
                name="registration_seat_exists",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("seat", "slot_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF NEW.seat > (SELECT seats FROM agenda_slot WHERE id = NEW.slot_id) THEN
                        RAISE EXCEPTION 'slot % has no seat %', NEW.slot_id, NEW.seat
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'registration_seat_exists';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.ref
