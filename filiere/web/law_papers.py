"""The note of a decision aid on paper: the answer, its path, its figures, whom to check with."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from filiere.rules.assistants.shape import Advice, Sheet, Step
from filiere.web import law_words as say
from filiere.web.formats import date_words
from filiere.web.papers import document


def note_pdf(sheet: Sheet, advice: Advice, *, at: dt.datetime) -> bytes:
    """Draw the note, on the common letterhead. Nothing of it is kept."""
    here = say.language()
    verdict = str(say.VERDICT_WORDS[advice.verdict])
    blocks: list[dict[str, Any]] = [
        {"is": "text", "text": advice.headline.words(here)},
        {
            "is": "text",
            "text": _("By the rules of %(day)s.") % {"day": date_words(advice.on)},
        },
    ]
    if advice.is_to_verify:
        blocks.append(
            {
                "is": "warning",
                "text": _("To verify: part of this rests on what nobody has confirmed yet."),
            }
        )
    blocks += [
        {"is": "heading", "text": _("The path taken")},
        {"is": "steps", "items": [_step(one) for one in advice.path]},
    ]
    if advice.would_change:
        blocks += [
            {"is": "heading", "text": _("What would change the answer")},
            {"is": "steps", "items": [one.words(here) for one in advice.would_change]},
        ]
    if advice.used:
        blocks += _figures(advice)
    blocks += [
        {"is": "heading", "text": _("A decision aid, not legal advice")},
        {"is": "text", "text": advice.check_with.words(here)},
    ]
    return document(
        kind=_("Note"),
        reference=date_words(advice.on),
        sender=_("What the law allows"),
        heading=f"{sheet.title.words(here)} — {verdict}",
        blocks=blocks,
        at=at,
        foot=_("Decision aid: check before you decide."),
    )


def _step(step: Step) -> str:
    side = say.PASSED_WORDS[step.passed][0]
    doubt = f" {_('To verify.')}" if step.is_to_verify else ""
    source = say.source_words(step.source)
    return f"{step.words.words(say.language())} [{side}] {source}.{doubt}"


def _figures(advice: Advice) -> list[dict[str, Any]]:
    rows = []
    for one in (say.figure_of(used) for used in advice.used):
        doubt = f"\n{_('To verify.')}" if one.is_to_verify else ""
        rows.append([f"{one.name}\n{one.source}{doubt}", date_words(one.since), one.value])
    return [
        {"is": "heading", "text": _("The figures used")},
        {
            "is": "table",
            "head": [_("Figure of the law"), _("In force since"), _("Value")],
            "rows": rows,
        },
    ]
