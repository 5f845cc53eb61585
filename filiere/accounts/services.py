"""Writing organisations and the tokens of programs.

One SIRET or RNA is one organisation, whoever names it first.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from stdnum.fr import siret as siret_number

from filiere.accounts.errors import AccountUnknown, TokenNameTaken, TokenUnknown
from filiere.accounts.models import ApiToken, Organisation, OrganisationKind, User
from filiere.kernel import services as kernel
from filiere.kernel.errors import translate
from filiere.rules.text import fold

_NAME_MAX = 200
TOKEN_PREFIX = "fil_"  # noqa: S105  (public, so that scanners recognise a leaked token)
TOKEN_BYTES = 32
# The last use is written once an hour at most: a program calls more often than that matters.
LAST_USE_STEP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What is known of an organisation that a file or a person names."""

    name: str
    siret: str | None = None
    rna: str | None = None
    siren: str | None = None


def is_siret(text: str | None) -> bool:
    """Tell whether a text is a SIRET: fourteen digits whose check digit holds."""
    return bool(siret_number.is_valid(text)) if text else False


@transaction.atomic
def register_organisations(
    *, wanted: Sequence[NewOrganisation], at: datetime, actor: str, is_invented: bool = False
) -> tuple[list[int], list[int]]:
    """Give each wanted organisation its id, creating those that nobody named before.

    The same SIRET, else the same RNA, else the same SIREN, is the same organisation; its known
    name stays. Without any number every entry is a new organisation: names alone never merge two parties.

    Args:
        wanted: valid numbers only (see ``is_siret``); names are cut at 200 characters.
        at: aware moment, for the audit trail.
        actor: opaque id of who registers.

    Returns:
        The ids in the order of ``wanted``, and the ids that were created.
    """
    numbers = {entry.siret for entry in wanted if entry.siret}
    rnas = {entry.rna for entry in wanted if entry.rna}
    known = _known("siret", numbers) | _known("rna", rnas)
    known |= _known("siren", {entry.siren for entry in wanted if entry.siren})
    created: dict[str | int, Organisation] = {}
    keys: list[str | int] = []
    for rank, entry in enumerate(wanted):
        key: str | int = entry.siret or entry.rna or entry.siren or rank
        keys.append(key)
        if key in known or key in created:
            continue
        name = entry.name[:_NAME_MAX]
        created[key] = Organisation(
            name=name,
            folded=fold(name)[:_NAME_MAX],
            kind=OrganisationKind.ASSOCIATION if entry.rna else OrganisationKind.UNKNOWN,
            siret=entry.siret,
            rna=None if entry.siret else entry.rna,
            siren=None if entry.siret or entry.rna else entry.siren,
            is_invented=is_invented,
        )
    Organisation.objects.bulk_create(created.values(), batch_size=2000)
    ids = known | {key: made.pk for key, made in created.items()}
    new_ids = [made.pk for made in created.values()]
    if new_ids:
        kernel.record(
            actor=actor, action="accounts.organisations_registered",
            subject=f"organisation:{new_ids[0]}", at=at, count=len(new_ids),
        )  # fmt: skip
    return [ids[key] for key in keys], new_ids


def _known(field: str, numbers: set[str]) -> dict[str | int, int]:
    """Give the ids of organisations by one of their numbers."""
    found = Organisation.objects.filter(**{f"{field}__in": numbers}).order_by("pk")
    return dict(found.values_list(field, "pk"))


@transaction.atomic
def remove_unused_organisations(*, ids: Sequence[int]) -> int:
    """Delete the organisations among ``ids`` that nothing points to; return how many."""
    unused = set(ids)
    for relation in Organisation._meta.get_fields(include_hidden=True):
        if relation.concrete or not relation.auto_created:
            continue
        name = relation.field.name  # type: ignore[union-attr]
        pointing = relation.related_model._base_manager.filter(  # type: ignore[union-attr]
            **{f"{name}__in": unused}
        )
        unused -= set(pointing.order_by().values_list(name, flat=True))
    Organisation.objects.filter(pk__in=unused).delete()
    return len(unused)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *,
    email: str,
    name: str,
    at: datetime,
    actor: str,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """Open the API to a program that acts as one person, and give its token, once.

    Args:
        email: address the person signs in with, whatever its case.
        name: what the token is for, 1 to 80 characters; unique among the live ones.
        random_bytes: source of randomness, replaced only by tests.

    Returns:
        The token itself: only its digest is stored, so it cannot be shown again.

    Raises:
        AccountUnknown: no active account uses this address.
        TokenNameTaken: a live token of this account has this name.
    """
    user = _active(email)
    token = TOKEN_PREFIX + random_bytes(TOKEN_BYTES).hex()
    try:
        with transaction.atomic():
            made = ApiToken.objects.create(
                user=user, name=name, digest=_digest(token), created_at=at
            )
    except IntegrityError as error:
        raise translate(error, {"apitoken_name_once_live": TokenNameTaken(name=name)}) from error
    kernel.record(
        actor=actor, action="accounts.token_issued", subject=f"user:{user.pk}", at=at, token=made.pk
    )
    return token


@transaction.atomic
def revoke_token(*, email: str, name: str, at: datetime, actor: str) -> ApiToken:
    """Close the API to a program, at once.

    Raises:
        AccountUnknown: no active account uses this address.
        TokenUnknown: none of its live tokens has this name.
    """
    user = _active(email)
    token = (
        ApiToken.objects.select_for_update(of=("self",))
        .filter(user=user, name=name, revoked_at=None)
        .first()
    )
    if token is None:
        raise TokenUnknown(name=name)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    kernel.record(
        actor=actor, action="accounts.token_revoked", subject=f"user:{user.pk}", at=at,
        token=token.pk,
    )  # fmt: skip
    return token


def user_of_token(*, token: str, at: datetime) -> User | None:
    """Give the person a program acts for; None for a token unknown, revoked or of a closed account.

    Notes the last use, to the hour.
    """
    found = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(token), revoked_at=None, user__is_active=True)
        .first()
    )
    if found is None:
        return None
    if found.last_used_at is None or at - found.last_used_at >= LAST_USE_STEP:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=at)
    return found.user


def _active(email: str) -> User:
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise AccountUnknown(email=email)
    return user
