"""The law in words: verdicts, themes, how far a figure may be trusted, how its value reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from filiere.kernel.signatures import READERS, Reading
from filiere.rules import parameter_names, parameters
from filiere.rules.assistants.shape import Theme, UsedParameter, Verdict
from filiere.rules.assistants.signing import Doubt
from filiere.rules.parameters import Confidence, Parameter

VERDICT_WORDS: Mapping[Verdict, str | Promise] = {
    Verdict.CLEAR: gettext_lazy("Nothing stands against it"),
    Verdict.CAUTION: gettext_lazy("Look closer before you decide"),
    Verdict.STOP: gettext_lazy("Something stands in the way"),
    Verdict.UNKNOWN: gettext_lazy("No answer yet"),
}
VERDICT_TONES = {
    Verdict.CLEAR: "ok",
    Verdict.CAUTION: "warning",
    Verdict.STOP: "error",
    Verdict.UNKNOWN: "info",
}
THEME_WORDS: Mapping[Theme, str | Promise] = {
    Theme.TAX: gettext_lazy("Taxes"),
    Theme.AID: gettext_lazy("Public money"),
    Theme.SALES: gettext_lazy("Selling and cashing"),
    Theme.PEOPLE: gettext_lazy("Posts and people"),
    Theme.MONEY: gettext_lazy("Lending, paying, growing"),
}
CONFIDENCE_WORDS: Mapping[Confidence, str | Promise] = {
    Confidence.STATED: gettext_lazy("written in the texts of 2018"),
    Confidence.VERIFIED: gettext_lazy("read in a public source"),
    Confidence.OPENFISCA: gettext_lazy("read in OpenFisca"),
    Confidence.DERIVED: gettext_lazy("worked out from named figures"),
    Confidence.OWN_CHOICE: gettext_lazy("chosen by us, open to discussion"),
    Confidence.MEMORY: gettext_lazy("from memory"),
}
PASSED_WORDS: Mapping[bool | None, tuple[str | Promise, str]] = {
    True: (gettext_lazy("In favour"), "ok"),
    False: (gettext_lazy("Against"), "error"),
    None: (gettext_lazy("To know"), "neutral"),
}

# What a sentence leaves to the figures of the person who asks.
PLACE = re.compile(r"\{\w+\}")


def language() -> str:
    """Give the language the rules are read in: ``fr`` or ``en``."""
    return (get_language() or "fr")[:2]


def source_words(source: str) -> str:
    """Write a source in the reader's language."""
    return parameter_names.source_words(source, language())


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure an answer rests on, ready to read."""

    name: str
    value: str
    since: date
    source: str
    trust: str | Promise
    is_to_verify: bool
    is_signed: bool
    is_unconfirmed: bool


def figure_of(used: UsedParameter) -> Figure:
    """Write a figure an assistant used."""
    here = language()
    return Figure(
        name=parameter_names.name_of(used.key, here),
        value=parameter_names.value_words(used.key, used.unit, used.value, here),
        since=used.since,
        source=parameter_names.source_words(used.source, here),
        trust=CONFIDENCE_WORDS[used.confidence],
        is_to_verify=used.is_to_verify,
        is_signed=used.is_signed,
        is_unconfirmed=used.is_unconfirmed,
    )


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter and the day it came into force; blank when it ended."""

    since: date
    value: str
    trust: str | Promise


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter on the page that lists them all, with its history, the latest first."""

    key: str
    name: str
    value: str
    since: date | None
    source: str
    legal: str
    trust: str | Promise
    confirmed_until: date | None
    is_unconfirmed: bool
    history: tuple[DatedValue, ...]
    reading: Reading | None

    @property
    def is_to_verify(self) -> bool:
        """Tell whether somebody must read its source."""
        return self.reading is not None and not self.reading.is_verified


def parameter_line(parameter: Parameter, on: date, reading: Reading | None) -> ParameterLine:
    """Write one parameter on a day; without a value that day, its history only."""
    here = language()
    marks = dict(parameter.marks)

    def written(value: parameters.ParameterValue) -> str:
        return parameter_names.value_words(parameter.key, parameter.unit, value, here)

    try:
        held: parameters.InForce | None = parameters.in_force(parameter.key, on)
    except parameters.ParameterNotInForce:
        held = None
    return ParameterLine(
        key=parameter.key,
        name=parameter_names.name_of(parameter.key, here),
        value=written(held.value) if held else "",
        since=held.since if held else None,
        source=parameter_names.source_words(parameter.source, here),
        legal=parameter_names.source_words(parameter.legal_ref, here),
        trust=CONFIDENCE_WORDS[held.confidence if held else parameter.confidence],
        confirmed_until=parameter.confirmed_until,
        is_unconfirmed=bool(held and held.is_unconfirmed),
        history=tuple(
            DatedValue(day, written(value), CONFIDENCE_WORDS[marks.get(day, parameter.confidence)])
            for day, value in reversed(parameter.values)
        ),
        reading=reading,
    )


@dataclass(frozen=True, slots=True)
class DoubtWords:
    """What somebody is asked to check in its source."""

    title: str
    text: str
    source: str
    since: date
    is_unconfirmed: bool


def doubt_words(doubt: Doubt, titles: Mapping[str, str]) -> DoubtWords:
    """Write a figure or a sentence to verify.

    Args:
        titles: of the assistants, by key.
    """
    here = language()
    source = parameter_names.source_words(doubt.source, here)
    if doubt.words is not None:
        title = titles[doubt.assistant]
        text = PLACE.sub("…", doubt.words.words(here))
        return DoubtWords(title, text, source, doubt.since, is_unconfirmed=False)
    key = doubt.sign_key.partition("@")[0]
    value = parameter_names.value_words(key, doubt.unit, doubt.value, here)
    group = parameter_names.group_words(parameter_names.group_of(key), here)
    return DoubtWords(
        title=group,
        text=f"{parameter_names.name_of(key, here)} : {value}"
        if here == "fr"
        else f"{parameter_names.name_of(key, here)}: {value}",
        source=source,
        since=doubt.since,
        is_unconfirmed=doubt.is_unconfirmed,
    )


def readers_left(reading: Reading) -> int:
    """Give how many more people must read the source."""
    return max(0, READERS - reading.readers)
