"""Stating that an offer is given at home by a declared provider, and ending it."""

import re
from datetime import date, datetime

from django.db import transaction

from filiere.billing.errors import AlreadyAtHome, DeclarationMistyped
from filiere.billing.models import HomeHelp, HomeHelpNature
from filiere.directory.models import Offer
from filiere.kernel.services import record

NUMBER = re.compile(r"SAP\d{9}")


@transaction.atomic
def declare_home_help(
    *,
    offer_id: int,
    number: str,
    nature: HomeHelpNature | str,
    from_on: date,
    at: datetime,
    actor: str,
    is_invented: bool = False,
) -> HomeHelp:
    """State that an offer is given at home from a day on, under a declaration. Said twice is once.

    Args:
        number: of the declaration for personal services, SAP and nine digits; spaces forgiven.
        nature: what is done; remote help, repair and sale are kept and open no credit.

    Raises:
        DeclarationMistyped: the number has another form.
        AlreadyAtHome: another declaration is open for this offer.
    """
    read = "".join(number.upper().split())
    if not NUMBER.fullmatch(read):
        raise DeclarationMistyped(number=number)
    Offer.objects.select_for_update(no_key=True).get(pk=offer_id)
    known = HomeHelp.objects.filter(offer=offer_id, ends_on=None).first()
    if known is not None:
        if (known.number, known.nature, known.from_on) == (read, nature, from_on):
            return known
        raise AlreadyAtHome(day=known.from_on)
    made = HomeHelp.objects.create(
        offer_id=offer_id,
        number=read,
        nature=HomeHelpNature(nature),
        from_on=from_on,
        is_invented=is_invented,
    )
    record(
        actor=actor, action="billing.home_help_declared", subject=f"offer:{offer_id}", at=at,
        number=read, nature=str(nature),
    )  # fmt: skip
    return made


@transaction.atomic
def end_home_help(*, home_help_id: int, on: date, at: datetime, actor: str) -> HomeHelp:
    """Make ``on`` the last day of a declaration; one already ended stays as it is."""
    found = HomeHelp.objects.select_for_update().get(pk=home_help_id)
    if found.ends_on is None:
        found.ends_on = max(on, found.from_on)
        found.save(update_fields=["ends_on"])
        record(
            actor=actor, action="billing.home_help_ended", subject=f"offer:{found.offer_id}", at=at
        )
    return found
