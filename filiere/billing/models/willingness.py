"""What people say they would pay, asked where help is given. Integer euro cents; no identity."""

from django.db import models
from django.db.models import F, Q

from filiere.billing.models.observed import SellerKind
from filiere.kernel.constraints import known_value, not_negative


class WillingnessSurvey(models.Model):
    """One question put to everybody who comes to one place, between two days."""

    place = models.ForeignKey("directory.Place", on_delete=models.PROTECT, related_name="+")
    # In the address of the questionnaire and on paper: says nothing of who answers.
    ref = models.CharField("référence", max_length=8, unique=True)
    place_kind = models.CharField("type de lieu", max_length=11, choices=SellerKind.choices)
    # Key of rules/data/procedures.yaml; blank: help with any procedure.
    procedure = models.CharField("démarche", max_length=60, blank=True)
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    opened_at = models.DateTimeField("ouverte le")
    opened_by = models.CharField("ouverte par", max_length=40)
    is_invented = models.BooleanField("inventée", default=False)

    class Meta:
        verbose_name = "enquête sur les prix"
        verbose_name_plural = "enquêtes sur les prix"
        constraints = [
            known_value("willingnesssurvey", "place_kind", SellerKind),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="willingnesssurvey_days_in_order"
            ),
        ]
        indexes = [models.Index(fields=["place", "-ends_on"], name="willingnesssurvey_by_place")]

    def __str__(self) -> str:
        return f"{self.ref} {self.place_id}"


class WillingnessAnswer(models.Model):
    """The highest price one person accepts, in one kind of place. Nothing says who, nor the hour.

    ``about`` is the kind of the place where one is, or another kind that one imagines: both
    answers of one person are not tied together.
    """

    survey = models.ForeignKey(WillingnessSurvey, on_delete=models.PROTECT, related_name="answers")
    about = models.CharField("à propos de", max_length=11, choices=SellerKind.choices)
    up_to_cents = models.BigIntegerField("jusqu'à (centimes)")
    on_paper = models.BooleanField("sur papier", default=False)
    answered_on = models.DateField("répondu le")

    class Meta:
        verbose_name = "réponse sur les prix"
        verbose_name_plural = "réponses sur les prix"
        constraints = [
            known_value("willingnessanswer", "about", SellerKind),
            not_negative("willingnessanswer", "up_to_cents"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.about} {self.up_to_cents}"
