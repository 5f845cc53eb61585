"""A case being judged: answers read, steps taken, dated figures used, an answer concluded.

An assistant is a sheet of words (``data/assistants/<key>.yaml``) and a function that walks a
``Case`` to an ``Advice``. A missing answer is no error: the verdict is ``unknown`` with the
questions left. Source: see ``filiere.rules.assistants.shape``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from filiere.rules import parameters
from filiere.rules.assistants.shape import (
    Advice,
    Answer,
    Answers,
    Kind,
    Question,
    Sheet,
    Step,
    UsedParameter,
    Verdict,
)
from filiere.rules.assistants.wording import Filling, filled, typeset
from filiere.rules.carriers import Worded


class UnansweredQuestion(LookupError):
    """An answer is missing; caught by ``Assistant.judge``."""

    def __init__(self, key: str):
        super().__init__(key)
        self.key = key


class ImpossibleAnswer(UnansweredQuestion):
    """An answer of the right kind cannot be, beside the others; caught by ``Assistant.judge``."""


class Case:
    """One set of answers on one day, the path taken so far and the figures used."""

    def __init__(self, sheet: Sheet, answers: Answers, on: date, verified: frozenset[str]):
        self.sheet = sheet
        self.answers = answers
        self.on = on
        self.verified = verified
        self.path: list[Step] = []
        self.used: dict[tuple[str, date], UsedParameter] = {}
        self.figures: dict[str, int | date] = {}

    def has(self, key: str) -> bool:
        """Tell whether a question was answered."""
        self.sheet.question(key)
        return self.answers.get(key) is not None

    def _answer(self, key: str) -> Answer:
        question = self.sheet.question(key)
        found = self.answers.get(key)
        if found is None:
            raise UnansweredQuestion(key)
        return checked(question, found)

    def choice(self, key: str) -> str:
        """Give the option chosen."""
        return str(self._answer(key))

    def yes(self, key: str) -> bool:
        """Give the answer to a yes-or-no question."""
        return bool(self._answer(key))

    def whole(self, key: str, default: int | None = None) -> int:
        """Give a number, or cents for an amount; the default when there is no answer."""
        if default is not None and not self.has(key):
            return default
        found = self._answer(key)
        if not isinstance(found, int):
            raise ValueError(f"{key} is no number: {found!r}")  # noqa: TRY004
        return found

    def year(self, key: str) -> int:
        """Give a year; a slip, such as 25 for 2025, is asked again."""
        found = self.whole(key)
        if not parameters.FIRST_YEAR <= found <= parameters.LAST_YEAR:
            raise ImpossibleAnswer(key)
        return found

    def day(self, key: str) -> date:
        """Give a day; a slip, in a year too far ahead, is asked again."""
        found = self._answer(key)
        if not isinstance(found, date):
            raise ValueError(f"{key} is no day: {found!r}")  # noqa: TRY004
        if found.year > parameters.LAST_YEAR:
            raise ImpossibleAnswer(key)
        return found

    def use(self, key: str, on: date | None = None) -> int:
        """Use a whole-number parameter, on the day asked unless another one is given.

        Raises:
            ParameterNotInForce: it has no value on that day.
            ValueError: it is not a whole number.
        """
        found = self._use(key, on or self.on)
        if not isinstance(found, int):
            raise ValueError(f"{key} is not a whole number: {found}")  # noqa: TRY004
        return found

    def use_ratio(self, key: str, on: date | None = None) -> Fraction:
        """Use a numeric parameter as an exact fraction; see ``use``."""
        found = self._use(key, on or self.on)
        if isinstance(found, tuple):
            raise ValueError(f"{key} is a list: {found}")  # noqa: TRY004
        return Fraction(found)

    def _use(self, key: str, on: date) -> int | Fraction | tuple[str, ...]:
        found = parameters.in_force(key, on)
        self.used[key, found.since] = UsedParameter(
            key=key,
            value=found.value,
            unit=found.parameter.unit,
            since=found.since,
            source=found.parameter.legal_ref or found.parameter.source,
            confidence=found.confidence,
            is_unconfirmed=found.is_unconfirmed,
            sign_key=found.sign_key,
            is_signed=found.sign_key in self.verified,
        )
        return found.value

    def words(self, key: str, **values: Filling) -> Worded:
        """Give a sentence of the sheet, its values put in."""
        raw = self.sheet.sentences[key]
        return replace(raw, fr=filled(raw.fr, values, "fr"), en=filled(raw.en, values, "en"))

    def step(self, key: str, passed: bool | None = None, **values: Filling) -> None:  # noqa: FBT001
        """Take one step of the path: ``passed`` for or against, None for a mere fact."""
        sign_key = f"{self.sheet.key}.{key}"
        words = self.words(key, **values)
        self.path.append(Step(key, words, passed, sign_key, sign_key in self.verified))

    def quote(self, key: str, reason: Worded, passed: bool | None = None) -> None:  # noqa: FBT001
        """Take a step whose sentence, with its own source, comes from another rule."""
        sign_key = f"{self.sheet.key}.{key}"
        self.path.append(Step(key, capital(reason), passed, sign_key, sign_key in self.verified))

    def both(self, fr: str, en: str) -> Worded:
        """Give two texts of another rule as one value of a sentence."""
        return replace(self.sheet.check_with, fr=fr, en=en)

    def advice(
        self,
        verdict: Verdict,
        headline: str,
        *,
        would_change: Sequence[str] = (),
        still: tuple[Question, ...] = (),
        **values: Filling,
    ) -> Advice:
        """Conclude: the headline and what would change it are sentences of the sheet.

        A headline that rests on something nobody confirmed says so first.
        """
        found = Advice(
            verdict=verdict,
            headline=self.words(headline, **values),
            path=tuple(self.path),
            would_change=tuple(self.words(key, **values) for key in would_change),
            used=tuple(self.used.values()),
            check_with=self.sheet.check_with,
            on=self.on,
            still=still,
            figures=dict(self.figures),
        )
        if found.verdict == Verdict.CAUTION and found.rests_on_doubt:
            said = found.headline
            reserve = self.words("reserve", headline=said)
            return replace(found, headline=replace(said, fr=reserve.fr, en=reserve.en))
        return found


def capital(reason: Worded) -> Worded:
    """Make a sentence of a reason: a capital letter first, a full stop last."""
    fr, en = (f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in (reason.fr, reason.en))
    return replace(reason, fr=typeset(fr), en=en)


def checked(question: Question, found: Answer) -> Answer:
    """Give an answer back if it is of the question's kind.

    Raises:
        ValueError: it is of another kind, negative, or no option of the list.
    """
    kind = question.kind
    match kind:
        case Kind.YES_NO:
            good = isinstance(found, bool)
        case Kind.AMOUNT | Kind.COUNT:
            good = isinstance(found, int) and not isinstance(found, bool) and found >= 0
        case Kind.DATE:
            good = isinstance(found, date)
        case Kind.CHOICE:
            good = any(found == option.key for option in question.options)
        case _:
            assert_never(kind)
    if not good:
        raise ValueError(f"{question.key} is not a good {kind}: {found!r}")
    return found


@dataclass(frozen=True, slots=True)
class Assistant:
    """One decision aid: its words and the function that walks a case."""

    sheet: Sheet
    walk: Callable[[Case], Advice]

    @property
    def key(self) -> str:
        """Its name in addresses and sign keys."""
        return self.sheet.key

    def judge(self, answers: Answers, on: date, verified: frozenset[str] = frozenset()) -> Advice:
        """Answer on a day; a missing or impossible answer gives ``unknown`` with what to ask.

        Args:
            answers: by key of question; an amount in euro cents.
            verified: sign keys of the figures and sentences somebody confirmed.

        Raises:
            ValueError: an answer is not of its question's kind.
        """
        case = Case(self.sheet, answers, on, verified)
        try:
            return self.walk(case)
        except ImpossibleAnswer as slip:
            again = self.sheet.question(slip.key)
            return case.advice(Verdict.UNKNOWN, "impossible", still=(again,))
        except UnansweredQuestion as missing:
            first = self.sheet.question(missing.key)
            left = [
                one
                for one in self.sheet.questions
                if one.is_asked(answers) and not one.is_optional and answers.get(one.key) is None
            ]
            still = tuple(dict.fromkeys([first, *left]))
            return case.advice(Verdict.UNKNOWN, "missing", still=still)
        except parameters.ParameterNotInForce:
            return case.advice(Verdict.UNKNOWN, "no_value")
