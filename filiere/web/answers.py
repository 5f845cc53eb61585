"""The finder's four answers, carried in the address: read, written back, said in words.

Nothing is stored: the address is the state, so it can be kept, shared and edited.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filiere.orientation.findings import ANY_TIME, Finding, Moments
from filiere.orientation.queries import find
from filiere.rules.geo import TravelMode
from filiere.rules.needs import Need
from filiere.rules.needs import need as need_of
from filiere.rules.procedures import Procedure
from filiere.rules.procedures import procedure as procedure_of
from filiere.territories.models import Territory
from filiere.territories.queries import INHABITED

Words = Mapping[str, str | Promise]

DAYS = {"soon": 2, "week": 7, "month": 30}
WHEN: Words = {
    "soon": _("Today or tomorrow"),
    "week": _("In the next seven days"),
    "month": _("In the next month"),
}
MOMENTS: Words = {
    "any": _("At any time"),
    "morning": _("In the morning"),
    "afternoon": _("In the afternoon"),
    "evening": _("After 5 pm"),
    "saturday": _("On Saturday"),
}
HOURS = {
    "any": ANY_TIME,
    "morning": Moments(hours=(dt.time(0), dt.time(12))),
    "afternoon": Moments(hours=(dt.time(12), dt.time(18))),
    "evening": Moments(hours=(dt.time(17), dt.time(23, 59))),
    "saturday": Moments(weekdays=(6,)),
}
MODES: Words = {
    TravelMode.FOOT: _("On foot"),
    TravelMode.BUS: _("By bus or train"),
    TravelMode.CAR: _("By car"),
}
ACCESS: Words = {
    "motor": _("A place without steps"),
    "deafness": _("Someone used to deaf or hard-of-hearing people"),
    "sight": _("Someone used to people who see badly"),
    "illiteracy": _("Help with reading and writing"),
    "languages": _("A language other than French"),
}
LIMIT = 8
LOOK_AHEAD = dt.timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person has answered so far; blank until they do."""

    need: Need | None = None
    procedure: Procedure | None = None
    commune: Territory | None = None
    when: str = "week"
    moment: str = "any"
    mode: TravelMode = TravelMode.CAR
    access: tuple[str, ...] = ()

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """List the answers as they stand in the address, some left out."""
        pairs = [
            ("besoin", self.need.key if self.need else ""),
            ("demarche", self.procedure.key if self.procedure else ""),
            ("commune", self.commune.code if self.commune else ""),
            ("quand", self.when),
            ("moment", self.moment),
            ("venir", self.mode.value),
            *(("acces", key) for key in self.access),
        ]
        return [(name, value) for name, value in pairs if value and name not in without]

    def url(self, name: str, **more: str) -> str:
        """Give the address of a page, answers included."""
        return f"{reverse(name)}?{urlencode([*self.pairs(), *more.items()])}"

    def trail(self) -> list[dict[str, str]]:
        """Say each answer, linked to the step that changes it."""
        language = get_language() or "fr"
        said = []
        if self.need:
            words = self.need.label(language)
            if self.procedure:
                words = self.procedure.label(language)
            said.append((words, "finder_need"))
        if self.commune:
            said.append((self.commune.name, "finder_commune"))
        when = str(WHEN[self.when])
        if self.moment != "any":
            when = f"{when}, {str(MOMENTS[self.moment]).lower()}"
        said.append((when, "finder_moments"))
        wished = [str(ACCESS[key]) for key in self.access]
        coming = ", ".join([str(MODES[self.mode]), *(one[:1].lower() + one[1:] for one in wished)])
        said.append((coming, "finder_coming"))
        return [{"label": words, "url": self.url(name, modifier="1")} for words, name in said]

    def window(self, at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Give the first and last moments at which the person can come."""
        return at, at + dt.timedelta(days=DAYS[self.when])

    def finding(self, at: dt.datetime, *, limit: int = LIMIT) -> Finding:
        """Ask the finder; the need and the commune must be known."""
        if self.need is None or self.commune is None:
            raise ValueError("the need and the commune are not known yet")
        return find(
            need=self.need.key,
            commune_id=self.commune.pk,
            window=self.window(at),
            at=at,
            limit=limit,
            mode=self.mode,
            access=self.access,
            moments=HOURS[self.moment],
            look_ahead=LOOK_AHEAD,
        )


def read_answers(address: QueryDict) -> Answers:
    """Read what an address says; what it does not say, or says wrongly, is not answered."""
    code = address.get("commune", "")
    commune = None
    if code:
        commune = Territory.objects.filter(code=code, kind__in=INHABITED).order_by("pk").first()
    mode = address.get("venir", "")
    return Answers(
        need=need_of(address.get("besoin", "")),
        procedure=procedure_of(address.get("demarche", "")),
        commune=commune,
        when=_known(address.get("quand", ""), WHEN, "week"),
        moment=_known(address.get("moment", ""), MOMENTS, "any"),
        mode=TravelMode(mode) if mode in MODES else TravelMode.CAR,
        access=tuple(key for key in ACCESS if key in address.getlist("acces")),
    )


def _known(value: str, words: Words, default: str) -> str:
    """Keep a value of a closed list."""
    return value if value in words else default
