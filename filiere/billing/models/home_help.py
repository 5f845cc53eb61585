"""Help given at home, of which the tax office gives a part back."""

from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value


class HomeHelpNature(models.TextChoices):
    """What is done at home. The last three open no tax credit."""

    TRAINING = "training", "formation"
    INSTALLATION = "installation", "installation"
    MAINTENANCE = "maintenance", "maintenance logicielle"
    DELIVERY = "delivery", "livraison"
    REMOTE = "remote", "aide à distance"
    REPAIR = "repair", "réparation"
    SALE = "sale", "vente"


class HomeHelp(models.Model):
    """An offer is given at home, by a provider declared for personal services, from a day on.

    A declaration is never rewritten: it is ended.
    """

    offer = models.ForeignKey("directory.Offer", on_delete=models.PROTECT, related_name="home_help")
    number = models.CharField("numéro de déclaration", max_length=20)
    nature = models.CharField("nature", max_length=12, choices=HomeHelpNature.choices)
    from_on = models.DateField("à partir du")
    ends_on = models.DateField("dernier jour", null=True)
    is_invented = models.BooleanField("inventé", default=False)

    class Meta:
        verbose_name = "aide à domicile"
        constraints = [
            known_value("homehelp", "nature", HomeHelpNature),
            models.CheckConstraint(condition=~Q(number=""), name="homehelp_is_declared"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("from_on")),
                name="homehelp_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["offer"], condition=Q(ends_on__isnull=True), name="homehelp_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.number
