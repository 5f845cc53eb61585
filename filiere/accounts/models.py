"""People who sign in, the organisations they act for, and the role each one holds there."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from filiere.kernel.constraints import known_value


class Role(models.TextChoices):
    """The professions of the sector. Citizens need no account."""

    MEDIATOR = "mediator", "médiateur"
    MANAGER = "manager", "responsable de lieu"
    PRESCRIBER = "prescriber", "prescripteur"
    COMMISSIONER = "commissioner", "financeur"
    STEWARD = "steward", "coordinateur de territoire"
    CARRIER = "carrier", "porteur de projet"
    AUDITOR = "auditor", "contrôleur"
    OPERATOR = "operator", "opérateur"
    # Public accountant of a public body: signs the months of its till, holds no money.
    ACCOUNTANT = "accountant", "comptable public"


class OrganisationKind(models.TextChoices):
    """Legal family; it drives fiscal and public-accounting rules."""

    ASSOCIATION = "association", "association"
    COMPANY = "company", "entreprise"
    COOPERATIVE = "cooperative", "coopérative"
    COMMUNE = "commune", "commune"
    EPCI = "epci", "intercommunalité"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"
    STATE = "state", "État"
    OPERATOR = "operator", "opérateur de service public"
    FOUNDATION = "foundation", "fondation"
    UNKNOWN = "unknown", "inconnue"


class UserManager(BaseUserManager["User"]):
    """Users are found by e-mail address, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without password the account can only be opened by invitation."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail, case-blind."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Someone who signs in with an e-mail address. Rights come from memberships only."""

    email = models.EmailField("adresse électronique", unique=True)
    display_name = models.CharField("nom affiché", max_length=120)
    is_active = models.BooleanField("actif", default=True)
    joined_at = models.DateTimeField("inscrit le", auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "utilisateur"

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def actor(self) -> str:
        """Opaque id written in journals instead of a name."""
        return f"user:{self.pk}"


class Organisation(models.Model):
    """A legal party: it signs, funds, employs, is paid. It is not a place."""

    name = models.CharField("nom", max_length=200)
    folded = models.CharField("nom pour la recherche", max_length=200)
    kind = models.CharField(
        "statut", max_length=12, choices=OrganisationKind.choices, default=OrganisationKind.UNKNOWN
    )
    siret = models.CharField("SIRET", max_length=14, null=True, unique=True)
    rna = models.CharField("RNA", max_length=10, null=True, unique=True)
    # Of the legal unit, kept only while no establishment (SIRET) is known.
    siren = models.CharField("SIREN", max_length=9, null=True, unique=True)
    # Told on every page and export: this organisation exists only for the demonstration.
    is_invented = models.BooleanField("inventée", default=False)

    class Meta:
        verbose_name = "organisation"
        constraints = [
            known_value("organisation", "kind", OrganisationKind),
            models.CheckConstraint(
                condition=Q(siret__isnull=True) | Q(siret__regex=r"^\d{14}$"),
                name="organisation_siret_shape",
            ),
            models.CheckConstraint(
                condition=Q(siren__isnull=True)
                | Q(siren__regex=r"^\d{9}$", siret__isnull=True, rna__isnull=True),
                name="organisation_siren_alone",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person holds one role for one organisation, on one territory for stewards."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField("rôle", max_length=12, choices=Role.choices)
    territory = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_on = models.DateField("fini le", null=True)

    class Meta:
        verbose_name = "appartenance"
        constraints = [
            known_value("membership", "role", Role),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class ApiToken(models.Model):
    """A key a program shows instead of a password. Only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField("nom", max_length=80)
    # SHA-256, in hexadecimal, of 256 random bits: nothing to guess, so no slow hash is needed.
    digest = models.CharField("empreinte", max_length=64, unique=True)
    created_at = models.DateTimeField("créé le")
    last_used_at = models.DateTimeField("dernier usage", null=True)
    revoked_at = models.DateTimeField("révoqué le", null=True)

    class Meta:
        verbose_name = "clé d'API"
        verbose_name_plural = "clés d'API"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="apitoken_name_once_live",
                condition=Q(revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"


class Invitation(models.Model):
    """Someone is asked to join an organisation in one role. Its link works once, for a week."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=12, choices=Role.choices)
    # SHA-256, in hexadecimal, of the 256 random bits the link carries.
    digest = models.CharField("empreinte", max_length=64, unique=True)
    invited_by = models.CharField("invité par", max_length=40)
    created_at = models.DateTimeField("créée le")
    expires_at = models.DateTimeField("expire le")
    withdrawn_at = models.DateTimeField("retirée le", null=True)
    accepted_at = models.DateTimeField("acceptée le", null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "invitation"
        constraints = [
            known_value("invitation", "role", Role),
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                name="invitation_once_live",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.role}"
