"""A programme from its draft to its end. Its terms are frozen once it is signed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filiere.directory.models import Place
from filiere.kernel import services as kernel
from filiere.programmes.errors import (
    ProgrammeDatesReversed,
    ProgrammeNotDraft,
    ProgrammeNotSigned,
    ProgrammeNowhere,
    TermsInconsistent,
    TermsRefused,
)
from filiere.programmes.models import Programme, ProgrammeState
from filiere.programmes.queries import territories_of
from filiere.rules.commissions import MOST_BASIS_POINTS
from filiere.rules.funding_terms import PAYER_ORDERS, known_publics


@transaction.atomic
def create_programme(
    *,
    commissioner_id: int,
    name: str,
    territory_ids: Sequence[int],
    services: Sequence[str],
    starts_on: date,
    ends_on: date,
    actor: str,
    at: datetime,
    provider_ids: Sequence[int] = (),
    place_ids: Sequence[int] = (),
    publics: Sequence[str] = (),
    regulated_price_cents: int | None = None,
    person_pays_nothing: bool = False,
    cap_cents_per_person_year: int | None = None,
    payer_order: Sequence[str] = PAYER_ORDERS[0],
    reach_minutes: int = 30,
    reach_share_percent: int = 80,
    funnel_is_public: bool = False,
    offline_use: bool = False,
    commission_basis_points: int = 0,
    commission_cents_per_use: int = 0,
    is_invented: bool = False,
    signed: bool = True,
) -> Programme:
    """Open a programme; it has no money yet.

    Args:
        territory_ids: where its vouchers may be used; a commune is covered by any territory that
            contains it.
        services: values of the national standard that its vouchers may pay; empty means all.
        provider_ids: organisations that may take its vouchers; empty means all that qualify.
        place_ids: places that may; empty means all those of the providers.
        publics: keys of ``rules.funding_terms.known_publics``; empty means everyone.
        regulated_price_cents: the most a session may cost, above 0; None: each place's own price.
        person_pays_nothing: the place waives what vouchers and third parties do not reach.
        cap_cents_per_person_year: the most one person may use in a year, above zero; None: no cap.
        payer_order: one of ``rules.funding_terms.PAYER_ORDERS``.
        reach_minutes, reach_share_percent: a lot is activated when this share (0 to 100) of people
            in scope have an open place within these minutes (1 to 240).
        funnel_is_public: whether use, lot by lot, may be read by anyone.
        offline_use: whether registered devices may take its vouchers without network.
        commission_basis_points, commission_cents_per_use: what the operator earns on what is
            settled, all taxes included: 0 to 2,000, and >= 0.
        signed: sign at once; False leaves a draft to be edited.

    Raises:
        ProgrammeNowhere: no territory.
        ProgrammeDatesReversed: it would end before it starts.
        TermsRefused: another term is unknown or out of range.
        TermsInconsistent: places no voucher could be used at, or a price that pays nothing.
    """
    terms = {
        "name": name.strip(),
        "services": list(services),
        "publics": list(publics),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "regulated_price_cents": regulated_price_cents,
        "person_pays_nothing": person_pays_nothing,
        "cap_cents_per_person_year": cap_cents_per_person_year,
        "payer_order": list(payer_order),
        "reach_minutes": reach_minutes,
        "reach_share_percent": reach_share_percent,
        "funnel_is_public": funnel_is_public,
        "offline_use": offline_use,
        "commission_basis_points": commission_basis_points,
        "commission_cents_per_use": commission_cents_per_use,
    }
    _require_sound(terms, territory_ids)
    _require_consistent(terms, territory_ids, provider_ids, place_ids)
    programme = Programme.objects.create(
        commissioner_id=commissioner_id, is_invented=is_invented, **terms
    )
    _set_links(programme, territory_ids, provider_ids, place_ids)
    kernel.record(
        actor=actor, action="programmes.created", subject=f"programme:{programme.pk}", at=at
    )
    return sign_programme(programme=programme, actor=actor, at=at) if signed else programme


@transaction.atomic
def edit_programme(
    *,
    programme: Programme,
    territory_ids: Sequence[int],
    provider_ids: Sequence[int] = (),
    place_ids: Sequence[int] = (),
    actor: str,
    at: datetime,
    **terms: Any,
) -> Programme:
    """Change the terms of a draft. Locks it.

    Args:
        terms: those of ``create_programme`` that change, by name.

    Raises:
        ProgrammeNotDraft: it is signed, or closed.
        ProgrammeNowhere, ProgrammeDatesReversed, TermsRefused, TermsInconsistent: as
            ``create_programme``.
    """
    programme = _draft(programme)
    before = {name: getattr(programme, name) for name in _TERMS}
    if unknown := terms.keys() - before.keys():
        raise TermsRefused(term=", ".join(sorted(unknown)))
    _require_sound(before | terms, territory_ids)
    _require_consistent(before | terms, territory_ids, provider_ids, place_ids)
    for name, value in terms.items():
        setattr(programme, name, value)
    programme.save(update_fields=list(terms))
    _set_links(programme, territory_ids, provider_ids, place_ids)
    kernel.record(
        actor=actor,
        action="programmes.edited",
        subject=f"programme:{programme.pk}",
        at=at,
        changed=sorted(name for name, value in terms.items() if before[name] != value),
    )
    return programme


@transaction.atomic
def sign_programme(*, programme: Programme, actor: str, at: datetime) -> Programme:
    """Put a draft in force: from now on its terms cannot change. Signing twice changes nothing.

    Raises:
        ProgrammeNotDraft: it is closed.
        ProgrammeNowhere: it names no territory.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.state == ProgrammeState.SIGNED:
        return programme
    if programme.state != ProgrammeState.DRAFT:
        raise ProgrammeNotDraft(programme=programme.name)
    if not programme.territories.exists():
        raise ProgrammeNowhere
    programme.state = ProgrammeState.SIGNED
    programme.signed_at, programme.signed_by = at, actor
    programme.save(update_fields=["state", "signed_at", "signed_by"])
    kernel.record(
        actor=actor, action="programmes.signed", subject=f"programme:{programme.pk}", at=at
    )
    return programme


@transaction.atomic
def close_programme(*, programme: Programme, actor: str, at: datetime) -> Programme:
    """End a programme: no more promise nor lot; lots already active keep their own dates.

    Closing twice changes nothing.

    Raises:
        ProgrammeNotSigned: it is still a draft.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.state == ProgrammeState.CLOSED:
        return programme
    if programme.state != ProgrammeState.SIGNED:
        raise ProgrammeNotSigned(programme=programme.name)
    programme.state, programme.closed_at = ProgrammeState.CLOSED, at
    programme.save(update_fields=["state", "closed_at"])
    kernel.record(
        actor=actor, action="programmes.closed", subject=f"programme:{programme.pk}", at=at
    )
    return programme


_TERMS = (
    "name", "services", "publics", "starts_on", "ends_on", "regulated_price_cents",
    "person_pays_nothing", "cap_cents_per_person_year", "payer_order", "reach_minutes",
    "reach_share_percent", "funnel_is_public", "offline_use",
    "commission_basis_points", "commission_cents_per_use",
)  # fmt: skip


def _draft(programme: Programme) -> Programme:
    """Lock a programme that is still a draft."""
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.state != ProgrammeState.DRAFT:
        raise ProgrammeNotDraft(programme=programme.name)
    return programme


def _set_links(
    programme: Programme,
    territory_ids: Sequence[int],
    provider_ids: Sequence[int],
    place_ids: Sequence[int],
) -> None:
    programme.territories.set(territory_ids)
    programme.providers.set(provider_ids)
    programme.places.set(place_ids)


def _require_sound(terms: dict[str, Any], territory_ids: Sequence[int]) -> None:
    """Refuse terms that mean nothing; the database refuses them too."""
    if not territory_ids:
        raise ProgrammeNowhere
    if terms["ends_on"] < terms["starts_on"]:
        raise ProgrammeDatesReversed
    price, cap = terms["regulated_price_cents"], terms["cap_cents_per_person_year"]
    sound = {
        "name": bool(terms["name"]),
        "publics": set(terms["publics"]) <= set(known_publics()),
        "payer_order": tuple(terms["payer_order"]) in PAYER_ORDERS,
        "regulated_price_cents": price is None or (type(price) is int and price >= 0),
        "cap_cents_per_person_year": cap is None or (type(cap) is int and cap > 0),
        "commission_basis_points": terms["commission_basis_points"] in range(MOST_BASIS_POINTS + 1),
        "commission_cents_per_use": terms["commission_cents_per_use"] >= 0,
        "reach_minutes": 1 <= terms["reach_minutes"] <= 240,
        "reach_share_percent": 0 <= terms["reach_share_percent"] <= 100,
    }
    for name, holds in sound.items():
        if not holds:
            raise TermsRefused(term=name)


def _require_consistent(
    terms: dict[str, Any],
    territory_ids: Sequence[int],
    provider_ids: Sequence[int],
    place_ids: Sequence[int],
) -> None:
    """Refuse terms by which a voucher could pay nothing, or be taken nowhere that is named."""
    reasons = []
    if terms["regulated_price_cents"] == 0:
        reasons.append(_("with a price of 0, vouchers would pay nothing."))
    for place in Place.objects.filter(pk__in=place_ids).order_by("folded", "pk"):
        if provider_ids and place.organisation_id not in provider_ids:
            reasons.append(_("%(place)s belongs to none of the organisations.") % {"place": place})
        elif not set(territory_ids) & set(territories_of(place.commune_id)):
            reasons.append(_("%(place)s is outside the territories.") % {"place": place})
    if reasons:
        raise TermsInconsistent(reasons=" ".join(reasons))
