"""What a place says of itself: it wins over its source, and the source's word is kept beside it.

A later import notes what the source then says and leaves the place's own word in force; taking
the word back puts the source's in its place again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from filiere.directory.errors import AccessModeUnknown, HoursUnreadable, PhoneUnreadable
from filiere.directory.models import Fact, Place, Statement
from filiere.kernel import services as kernel
from filiere.rules import national_lists as lists
from filiere.rules.national_values import read_phone
from filiere.rules.opening import is_readable

type_value = str | list[str]


@transaction.atomic
def state_facts(
    *, place: Place, facts: Mapping[str, type_value], at: datetime, actor: str
) -> list[Statement]:
    """Write what a place says of itself; a fact that says what is already known changes nothing.

    Args:
        facts: ``Fact`` → its value: hours as the national standard writes them, a telephone
            number as typed, keys of ways to come in. Blank says that it is not stated.

    Returns:
        The statements that changed.

    Raises:
        HoursUnreadable: hours that cannot be understood.
        PhoneUnreadable: not a telephone number.
        AccessModeUnknown: not a way of the national standard.
    """
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    known = {one.fact: one for one in place.statements.order_by("fact")}
    changed = []
    for name, given in facts.items():
        fact = Fact(name)
        value = _checked(fact, given)
        before = getattr(place, fact)
        if value == before:
            continue
        one = known.get(fact) or Statement(place=place, fact=fact, imported=before)
        one.value, one.stated_at, one.stated_by = value, at, actor
        one.save()
        setattr(place, fact, value)
        changed.append(one)
    if changed:
        place.save(update_fields=[one.fact for one in changed])
        kernel.record(
            actor=actor, action="directory.facts_stated", subject=f"place:{place.pk}", at=at,
            **{one.fact: one.value for one in changed},
        )  # fmt: skip
    return changed


@transaction.atomic
def withdraw_statement(*, place: Place, fact: Fact, at: datetime, actor: str) -> Place:
    """Take back what a place said of one fact: its source's word is shown again. Twice is once."""
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    one = Statement.objects.filter(place=place, fact=fact).first()
    if one is None:
        return place
    setattr(place, fact, one.imported)
    place.save(update_fields=[fact])
    one.delete()
    kernel.record(
        actor=actor, action="directory.statement_withdrawn", subject=f"place:{place.pk}", at=at,
        fact=str(fact),
    )  # fmt: skip
    return place


def keep_statements(places: Sequence[tuple[Place, int]]) -> None:
    """Before an import writes places: note what the source says, leave what each place states.

    Args:
        places: rows about to be written, each with the id of the place it updates.
    """
    fresh = {pk: place for place, pk in places}
    changed = []
    for one in Statement.objects.filter(place__in=fresh).order_by("pk"):
        place = fresh[one.place_id]
        imported = getattr(place, one.fact)
        if imported != one.imported:
            one.imported = imported
            changed.append(one)
        setattr(place, one.fact, one.value)
    Statement.objects.bulk_update(changed, ["imported"])


def _checked(fact: Fact, given: type_value) -> type_value:
    """Bring a value to the form its column keeps, or refuse it."""
    if fact == Fact.ACCESS_MODES:
        modes = [given] if isinstance(given, str) else list(given)
        keys = {entry.key for entry in lists.entries("modalites_acces")}
        for mode in modes:
            if mode not in keys:
                raise AccessModeUnknown(mode=mode)
        return modes
    text = str(given).strip()
    if not text:
        return ""
    if fact == Fact.OPENING_HOURS:
        if not is_readable(text):
            raise HoursUnreadable(hours=text)
        return text
    phone, _remark = read_phone(text)
    if phone is None:
        raise PhoneUnreadable(phone=text)
    return phone
