"""The sentences that explain a diagnosis: today's answer, the next step, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from filiere.rules.diagnosis import Domain, Level, NextStep, ReasonCode, Segment
from filiere.rules.links import ServiceKind
from filiere.rules.procedures import procedure

Text = str | Promise

TODAY: dict[ServiceKind, Text] = {
    ServiceKind.EMERGENCY: _("Today: settle this procedure with someone, without waiting."),
    ServiceKind.INCLUSION: _("Today: meet someone who shows you, at your pace."),
    ServiceKind.CULTURE: _("Today: a workshop to go further."),
}
NEXT_STEP: dict[NextStep, Text] = {
    NextStep.TALK: _("Next: talk with someone for a few minutes, to know what would help you."),
    NextStep.GET_EQUIPPED: _("Next: find a device or a connection that suits you."),
    NextStep.BE_ACCOMPANIED: _("Next: be accompanied step by step by the same person."),
    NextStep.LEARN_BASICS: _("Next: learn the basics, in a small group."),
    NextStep.LEARN_ONE_THING: _("Next: learn the one thing that is missing."),
    NextStep.GO_FURTHER: _("Next: go further, or help others in your turn."),
}
SEGMENTS: dict[Segment, Text] = {
    Segment.EXCLUDED: _("Digital tools are far from you for now."),
    Segment.DISTANT: _("You do some things, often with help."),
    Segment.NEARLY_AUTONOMOUS: _("You do most things by yourself."),
    Segment.AUTONOMOUS: _("You manage by yourself."),
}
DOMAINS: dict[Domain, Text] = {
    Domain.INFORMATION: _("Find information"),
    Domain.COMMUNICATION: _("Write and send"),
    Domain.TOOLS: _("Use and store documents"),
    Domain.SAFETY: _("Protect oneself"),
    Domain.PROCEDURES: _("Complete procedures"),
}
LEVELS: dict[Level | None, Text] = {
    Level.NOT_YET: _("not yet"),
    Level.WITH_HELP: _("with help"),
    Level.ALONE: _("alone"),
    None: _("not answered"),
}
REASONS: dict[ReasonCode, Text] = {
    ReasonCode.STUCK_PROCEDURE: _("You are stuck on a procedure: %(procedure)s."),
    ReasonCode.NOTHING_URGENT: _("Nothing in your request is urgent."),
    ReasonCode.NOT_ENOUGH_ANSWERS: _(
        "You answered %(answered)s questions about what you do; %(needed)s are needed to say more."
    ),
    ReasonCode.NO_RECENT_USE: _("You have not used the Internet in the last three months."),
    ReasonCode.DOMAINS_LACKING: _("You answered “not yet” for %(count)s skills out of %(of)s."),
    ReasonCode.DOMAINS_ALONE: _("You answered “without help” for %(count)s skills out of %(of)s."),
    ReasonCode.NO_EQUIPMENT: _("You have neither device nor connection that works at home."),
    ReasonCode.LACKS_CONFIDENCE: _("You said that you do not feel confident."),
    ReasonCode.NO_HELP_NEARBY: _("Nobody near you can help."),
    ReasonCode.WEAKEST_DOMAIN: _("What is missing most: %(domain)s."),
}
DEADLINE_PASSED = _("Your deadline has passed.")
DEADLINE_TODAY = _("Your deadline is today.")
DEADLINE_IN = ngettext_lazy(
    "Your deadline is in %(days)s day.", "Your deadline is in %(days)s days.", "days"
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A diagnosis in sentences, in the current language.

    ``levels`` pairs each skill with its level; ``segment`` is None when too little is known.
    """

    today: str
    next_step: str
    reasons: list[str]
    levels: list[tuple[str, str]]
    segment: str | None
    version: str


def explain_result(result: Mapping[str, Any]) -> Explanation:
    """Put a result in sentences, stored or just computed.

    Args:
        result: ``Diagnosis.result``, or ``dataclasses.asdict`` of a ``DiagnosisResult``.
    """
    segment, levels = result["segment"], result["levels"]
    return Explanation(
        today=str(TODAY[ServiceKind(result["today"])]),
        next_step=str(NEXT_STEP[NextStep(result["next_step"])]),
        reasons=[
            _reason(ReasonCode(reason["code"]), reason["parameters"])
            for reason in result["reasons"]
        ],
        levels=[
            (str(label), str(LEVELS[_level(levels.get(domain.value))]))
            for domain, label in DOMAINS.items()
        ],
        segment=None if segment is None else str(SEGMENTS[Segment(segment)]),
        version=str(result["version"]),
    )


def _level(stored: int | None) -> Level | None:
    return None if stored is None else Level(stored)


def _reason(code: ReasonCode, parameters: Mapping[str, Any]) -> str:
    """Write one reason; keys in its parameters become words."""
    if code is ReasonCode.DEADLINE_SOON:
        return _deadline(int(parameters["days"]))
    words = dict(parameters)
    if "domain" in words:
        words["domain"] = str(DOMAINS[Domain(words["domain"])]).lower()
    if "procedure" in words:
        known = procedure(words["procedure"])
        words["procedure"] = known.label(get_language() or "fr") if known else words["procedure"]
    return str(REASONS[code]) % words


def _deadline(days: int) -> str:
    if days < 0:
        return str(DEADLINE_PASSED)
    return str(DEADLINE_IN % {"days": days}) if days else str(DEADLINE_TODAY)
