"""The one shape of every assistant: its questions, and an answer with its reasons.

An assistant never gives a green light on a figure or a sentence nobody confirmed: ``Advice`` sees
to it, for all of them. Amounts are integer euro cents. Source: each sentence and each parameter
names its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from filiere.rules.carriers import Worded
from filiere.rules.parameters import Confidence

Answer = str | int | bool | date
Answers = Mapping[str, Answer]


class Kind(StrEnum):
    """What is answered: one of a list, euro cents >= 0, a whole number >= 0, a day, yes or no."""

    CHOICE = "choice"
    AMOUNT = "amount"
    COUNT = "count"
    DATE = "date"
    YES_NO = "yes_no"


class Theme(StrEnum):
    """What an assistant is about: how a page groups them."""

    TAX = "tax"
    AID = "aid"
    SALES = "sales"
    PEOPLE = "people"
    MONEY = "money"


class Verdict(StrEnum):
    """What is advised. ``clear`` is never given on a figure that nobody confirmed."""

    CLEAR = "clear"
    CAUTION = "caution"
    STOP = "stop"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a page in two languages, where no source is at stake."""

    fr: str
    en: str

    def words(self, language: str = "fr") -> str:
        """Give the words in a language, ``fr`` or ``en``."""
        return self.en if language.startswith("en") else self.fr


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a closed list."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Question:
    """One question; asked only if another was answered so (``only_if``), when that is given."""

    key: str
    kind: Kind
    label: Text
    help: Text
    options: tuple[Option, ...] = ()
    is_optional: bool = False
    only_if: tuple[str, tuple[Answer, ...]] | None = None

    def is_asked(self, answers: Answers) -> bool:
        """Tell whether the answers given so far make this question useful."""
        if self.only_if is None:
            return True
        key, wanted = self.only_if
        return any(answers.get(key) is one or answers.get(key) == one for one in wanted)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path taken: ``passed`` is None for a fact that decides nothing by itself.

    Attributes:
        sign_key: what somebody signs to have read the source of a sentence from memory.
    """

    key: str
    words: Worded
    passed: bool | None
    sign_key: str
    is_signed: bool = False

    @property
    def source(self) -> str:
        """Where the sentence comes from."""
        return self.words.source

    @property
    def confidence(self) -> Confidence:
        """How far the sentence can be trusted."""
        return self.words.confidence

    @property
    def is_to_verify(self) -> bool:
        """Tell whether the sentence is from memory and nobody signed it."""
        return self.words.is_to_verify and not self.is_signed


@dataclass(frozen=True, slots=True)
class UsedParameter:
    """A dated figure the answer rests on, in its own ``unit``; ``since`` its entry into force.

    Attributes:
        is_unconfirmed: nobody published the value of the year asked: this is the last one known.
        sign_key: what somebody signs to confirm it: the key, and the year when that is what lacks.
    """

    key: str
    value: int | Fraction | tuple[str, ...]
    unit: str
    since: date
    source: str
    confidence: Confidence
    is_unconfirmed: bool
    sign_key: str
    is_signed: bool = False

    @property
    def is_to_verify(self) -> bool:
        """Tell whether the figure is from memory or unconfirmed, and nobody signed it."""
        doubtful = self.is_unconfirmed or self.confidence == Confidence.MEMORY
        return doubtful and not self.is_signed


@dataclass(frozen=True, slots=True)
class Advice:
    """What an assistant answers. A decision aid: ``check_with`` says whom to ask.

    Attributes:
        still: the questions left, when the verdict is ``unknown``.
        figures: amounts in cents, days or numbers the answer gives, by name, for a page or a test.
    """

    verdict: Verdict
    headline: Worded
    path: tuple[Step, ...]
    would_change: tuple[Worded, ...]
    used: tuple[UsedParameter, ...]
    check_with: Worded
    on: date
    still: tuple[Question, ...] = ()
    figures: Mapping[str, int | date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Never give a green light that rests on something nobody confirmed."""
        if self.verdict == Verdict.CLEAR and self.rests_on_doubt:
            object.__setattr__(self, "verdict", Verdict.CAUTION)

    @property
    def rests_on_doubt(self) -> bool:
        """Tell whether a figure, or a step that decides, is to verify; a mere fact is not one."""
        return any(one.is_to_verify for one in self.used) or any(
            one.is_to_verify for one in self.path if one.passed is not None
        )

    @property
    def to_verify(self) -> tuple[str, ...]:
        """Give the keys somebody must sign before the answer rests on nothing from memory."""
        doubtful: list[Step | UsedParameter] = [*self.path, *self.used]
        return tuple(dict.fromkeys(one.sign_key for one in doubtful if one.is_to_verify))

    @property
    def is_to_verify(self) -> bool:
        """Tell whether a figure or a step is from memory, or older than the year asked."""
        return bool(self.to_verify)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words of one assistant, from its YAML file."""

    key: str
    theme: Theme
    title: Text
    intro: Text
    questions: tuple[Question, ...]
    sentences: Mapping[str, Worded]
    check_with: Worded

    def question(self, key: str) -> Question:
        """Give a question by key; a KeyError is a caller's bug."""
        for one in self.questions:
            if one.key == key:
                return one
        raise KeyError(f"{self.key} has no question {key}")
