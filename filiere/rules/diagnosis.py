"""Diagnosis: where a person stands, today's answer, and a next step.

Today's answer and the next step are two different things. « Emergency » (3a) comes only from
the request, its deadline or the procedure the person is stuck on, never from the person's
level: nobody is filed under emergencies. Every answer is optional; what was not answered stays
unknown. The result is explained by reasons and never refuses help by itself.

Source: five skill domains of Eurostat and INSEE (2021); three segments of WeTechCare (2018)
mapped to levels of service; thresholds are our own, dated parameters ``diagnosis.*``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from fractions import Fraction
from functools import cache

from filiere.rules import parameters
from filiere.rules.links import ServiceKind

CURRENT_VERSION = "2026-1"
"""Version proposed to persons today; older ones stay readable and scorable."""

RULE_DATE = {"2026-1": date(2026, 1, 1)}
"""Day whose parameters score each version, so that a stored result can be recomputed."""


class Domain(StrEnum):
    """The five skill domains of Eurostat and INSEE (2021), in our words."""

    INFORMATION = "information"
    COMMUNICATION = "communication"
    TOOLS = "tools"
    SAFETY = "safety"
    PROCEDURES = "procedures"


class Level(IntEnum):
    """What a person does in a domain."""

    NOT_YET = 0
    WITH_HELP = 1
    ALONE = 2


class Segment(StrEnum):
    """Where a person stands over all domains, from the furthest to the nearest."""

    EXCLUDED = "excluded"
    DISTANT = "distant"
    NEARLY_AUTONOMOUS = "nearly_autonomous"
    AUTONOMOUS = "autonomous"


class NextStep(StrEnum):
    """What to propose after today."""

    TALK = "talk"
    GET_EQUIPPED = "get_equipped"
    BE_ACCOMPANIED = "be_accompanied"
    LEARN_BASICS = "learn_basics"
    LEARN_ONE_THING = "learn_one_thing"
    GO_FURTHER = "go_further"


class ReasonCode(StrEnum):
    """Stable codes of the sentences that explain a result; texts live in the pages."""

    DEADLINE_SOON = "deadline_soon"
    STUCK_PROCEDURE = "stuck_procedure"
    NOTHING_URGENT = "nothing_urgent"
    NOT_ENOUGH_ANSWERS = "not_enough_answers"
    NO_RECENT_USE = "no_recent_use"
    DOMAINS_LACKING = "domains_lacking"
    DOMAINS_ALONE = "domains_alone"
    NO_EQUIPMENT = "no_equipment"
    LACKS_CONFIDENCE = "lacks_confidence"
    NO_HELP_NEARBY = "no_help_nearby"
    WEAKEST_DOMAIN = "weakest_domain"


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer: its level (0 to 2) and its texts."""

    key: str
    level: Level
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what it is about (a domain, or use, access, help, confidence) and texts."""

    key: str
    about: str
    fr: str
    en: str
    answers: tuple[Answer, ...]

    def level_of(self, answer: str | None) -> Level | None:
        """Give the level of an answer key; None when it was not answered."""
        return next((known.level for known in self.answers if known.key == answer), None)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of the questions, in order."""

    version: str
    framework: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What the person comes for today.

    ``deadline_days`` is the number of days left (negative when passed), None without a known
    deadline; ``procedure`` is the key of the procedure the person is stuck on, None otherwise.
    """

    deadline_days: int | None = None
    procedure: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a result, with the figures of its sentence."""

    code: ReasonCode
    parameters: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DiagnosisResult:
    """A level per domain (None = unknown), a segment, today's answer, a next step, and why."""

    levels: dict[Domain, Level | None]
    segment: Segment | None
    today: ServiceKind
    next_step: NextStep
    reasons: tuple[Reason, ...]
    answered: int
    version: str


@cache
def load_questionnaire(version: str = CURRENT_VERSION) -> Questionnaire:
    """Read one version of the questionnaire.

    Args:
        version: such as ``2026-1``.

    Returns:
        The questions in order, with their answers.

    Raises:
        ValueError: this version does not exist.

    Source: ``data/questionnaire-*.yaml``, our own wording.

    >>> len(load_questionnaire("2026-1").questions)
    9
    """
    if version not in RULE_DATE:
        raise ValueError(f"no questionnaire has version {version}")
    raw = parameters.load_yaml(f"questionnaire-{version}.yaml")
    return Questionnaire(
        version=raw["version"],
        framework=raw["framework"],
        questions=tuple(
            Question(
                key=question["key"],
                about=question["about"],
                fr=question["fr"],
                en=question["en"],
                answers=tuple(
                    Answer(one["key"], Level(one["level"]), one["fr"], one["en"])
                    for one in question["answers"]
                ),
            )
            for question in raw["questions"]
        ),
    )


def score(
    questionnaire: Questionnaire,
    answers: Mapping[str, str | None],
    *,
    request: Request,
) -> DiagnosisResult:
    """Score the answers of a person and answer the request of today.

    Levels come straight from the answers. The segment needs enough domains answered: no recent
    use, or no skill in most domains, is « excluded »; otherwise the average level, lowered once
    without equipment and once without confidence, places the person. A better answer never
    gives a worse segment. Today's answer is an emergency when the deadline is near or the
    person is stuck on a procedure, whatever the level.

    Args:
        questionnaire: the version that was asked.
        answers: answer key by question key; missing, None or unknown keys count as unanswered.
        request: what the person comes for today.

    Returns:
        The explained result.

    Source: see the module; parameters ``diagnosis.*`` on the version's date.

    >>> result = score(load_questionnaire(), {}, request=Request(deadline_days=3))
    >>> result.today.value, result.segment, result.next_step.value
    ('3a', None, 'talk')
    """
    on = RULE_DATE[questionnaire.version]
    found = {
        question.about: question.level_of(answers.get(question.key))
        for question in questionnaire.questions
    }
    levels = {domain: found.get(domain.value) for domain in Domain}
    reasons: list[Reason] = []
    urgent = _urgency(request, on, reasons)
    segment = _segment(levels, found, on, reasons)
    next_step = _next_step(segment, levels, found, reasons)
    return DiagnosisResult(
        levels=levels,
        segment=segment,
        today=ServiceKind.EMERGENCY if urgent else _kind_of(segment),
        next_step=next_step,
        reasons=tuple(reasons),
        answered=sum(level is not None for level in found.values()),
        version=questionnaire.version,
    )


def _urgency(request: Request, on: date, reasons: list[Reason]) -> bool:
    """Say whether the request is an emergency, and why."""
    before = len(reasons)
    days = request.deadline_days
    if days is not None and days <= parameters.whole("diagnosis.urgent_days", on):
        reasons.append(Reason(ReasonCode.DEADLINE_SOON, {"days": days}))
    if request.procedure is not None:
        reasons.append(Reason(ReasonCode.STUCK_PROCEDURE, {"procedure": request.procedure}))
    urgent = len(reasons) > before
    if not urgent:
        reasons.append(Reason(ReasonCode.NOTHING_URGENT))
    return urgent


def _kind_of(segment: Segment | None) -> ServiceKind:
    """Give the level of service when nothing is urgent; unknown persons learn with someone."""
    if segment in (Segment.NEARLY_AUTONOMOUS, Segment.AUTONOMOUS):
        return ServiceKind.CULTURE
    return ServiceKind.INCLUSION


def _segment(
    levels: Mapping[Domain, Level | None],
    found: Mapping[str, Level | None],
    on: date,
    reasons: list[Reason],
) -> Segment | None:
    """Place the person, or say that too little is known."""
    known = [level for level in levels.values() if level is not None]
    lacking = known.count(Level.NOT_YET)
    needed = parameters.whole("diagnosis.domains_needed", on)
    if found.get("use") == Level.NOT_YET:
        reasons.append(Reason(ReasonCode.NO_RECENT_USE))
        return Segment.EXCLUDED
    if len(known) < needed:
        reasons.append(
            Reason(ReasonCode.NOT_ENOUGH_ANSWERS, {"answered": len(known), "needed": needed})
        )
        return None
    if lacking >= parameters.whole("diagnosis.domains_lacking", on):
        reasons.append(Reason(ReasonCode.DOMAINS_LACKING, {"count": lacking, "of": len(known)}))
        return Segment.EXCLUDED
    alone = known.count(Level.ALONE)
    reasons.append(Reason(ReasonCode.DOMAINS_ALONE, {"count": alone, "of": len(known)}))
    average = Fraction(sum(known), 2 * len(known)) - _penalties(found, on, reasons)
    if average < parameters.ratio("diagnosis.distant_under", on):
        return Segment.DISTANT
    if average < parameters.ratio("diagnosis.autonomous_from", on):
        return Segment.NEARLY_AUTONOMOUS
    return Segment.AUTONOMOUS


def _penalties(found: Mapping[str, Level | None], on: date, reasons: list[Reason]) -> Fraction:
    """Lower the average for what skills alone do not show: equipment and confidence."""
    penalty = parameters.ratio("diagnosis.penalty", on)
    total = Fraction(0)
    if found.get("access") == Level.NOT_YET:
        total += penalty
    if found.get("confidence") == Level.NOT_YET:
        reasons.append(Reason(ReasonCode.LACKS_CONFIDENCE))
        total += penalty
    return total


def _next_step(
    segment: Segment | None,
    levels: Mapping[Domain, Level | None],
    found: Mapping[str, Level | None],
    reasons: list[Reason],
) -> NextStep:
    """Choose what to propose after today."""
    if found.get("help") == Level.NOT_YET:
        reasons.append(Reason(ReasonCode.NO_HELP_NEARBY))
    no_equipment = found.get("access") == Level.NOT_YET
    if no_equipment:
        reasons.append(Reason(ReasonCode.NO_EQUIPMENT))
    if segment is None:
        return NextStep.GET_EQUIPPED if no_equipment else NextStep.TALK
    if segment is Segment.EXCLUDED:
        return NextStep.BE_ACCOMPANIED
    if no_equipment:
        return NextStep.GET_EQUIPPED
    if segment is Segment.DISTANT:
        return NextStep.LEARN_BASICS
    known = {domain: level for domain, level in levels.items() if level is not None}
    weakest = min(known, key=lambda domain: known[domain])
    if known[weakest] < Level.ALONE:
        reasons.append(Reason(ReasonCode.WEAKEST_DOMAIN, {"domain": weakest.value}))
        return NextStep.LEARN_ONE_THING
    return NextStep.GO_FURTHER
