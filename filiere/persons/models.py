"""People who are helped. The file is pseudonymous; who it is lies apart, encrypted.

No other app imports these models: identity leaves this app only through ``persons.queries``.
"""

import uuid

from django.db import models

from filiere.kernel.constraints import known_value
from filiere.persons.enums import Purpose


class Person(models.Model):
    """A pseudonymous file: what matching and statistics need, and nothing that names anyone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    birth_year = models.PositiveSmallIntegerField("année de naissance", null=True)
    commune = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField("créé le")
    # Retention runs from here (rules.parameters: retention_months, 12 by default, 24 at most).
    last_contact_on = models.DateField("dernier contact")
    anonymised_at = models.DateTimeField("anonymisé le", null=True)
    is_invented = models.BooleanField("inventée", default=False)

    class Meta:
        verbose_name = "personne"
        indexes = [models.Index(fields=["last_contact_on"], name="person_last_contact")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(birth_year__isnull=True)
                | models.Q(birth_year__gte=1900, birth_year__lte=2100),
                name="person_birth_year_plausible",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)[:8]


class Identity(models.Model):
    """Name and ways to reach someone, encrypted. Deleted at erasure; the file stays, unnamed."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="identity"
    )
    # Fernet token of {"name", "phone", "email"}; the key is a setting, never in the database.
    sealed = models.BinaryField("identité chiffrée")
    # HMAC of the folded name, for an exact search without reading anyone's name.
    name_mac = models.BinaryField("empreinte du nom", max_length=16, db_index=True)

    class Meta:
        verbose_name = "identité"

    def __str__(self) -> str:
        return str(self.person_id)[:8]


class Consent(models.Model):
    """A yes or a no, dated. The latest per purpose counts; all are kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField("finalité", max_length=14, choices=Purpose.choices)
    given = models.BooleanField("accord")
    at = models.DateTimeField("date")
    recorded_by = models.CharField("recueilli par", max_length=40)

    class Meta:
        verbose_name = "consentement"
        constraints = [known_value("consent", "purpose", Purpose)]
        indexes = [models.Index(fields=["person", "purpose", "-at"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.given}"
