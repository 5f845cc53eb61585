"""Marks that a person writes in a funder's own document: ``{{ question.need }}``.

A mark is a name in a fixed list, replaced by text. Nothing is evaluated: no sums, no conditions,
no loops; ``{{ 1 + 1 }}`` is an unknown name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from filiere.rules.funder_forms import wording
from filiere.rules.funder_forms.facts import LENGTHS, LineFacts, ProjectFacts
from filiere.rules.funder_forms.shape import Question

MARK = re.compile(r"\{\{([^{}]{1,120})\}\}")
# What a person answers once when the file of the organisation does not say.
FALLBACKS = {
    "organisation.address": "question.address",
    "organisation.email": "question.contact_email",
    "organisation.phone": "question.contact_phone",
    "organisation.representative": "question.representative",
}
_PLAIN = ("organisation", "project", "request")


@dataclass(frozen=True, slots=True)
class MarkFound:
    """A mark of a document. ``known``: it is in the list; ``near``: names that look like it."""

    name: str
    known: bool
    near: tuple[str, ...]


def name_of(inside: str) -> str:
    r"""Give the name of a mark from what stands between its braces.

    >>> name_of("\u00a0Question.Need ")
    'question.need'
    """
    return "".join(inside.split()).lower()


def marks_of(texts: Iterable[str], known: Mapping[str, str]) -> tuple[MarkFound, ...]:
    """List the marks of a document, once each, in the order they are met.

    Args:
        texts: paragraphs or cells.
        known: what ``mark_values`` gives.
    """
    names: dict[str, None] = {}
    for text in texts:
        for found in MARK.finditer(text):
            names.setdefault(name_of(found[1]))
    return tuple(
        MarkFound(
            name,
            name in known,
            () if name in known else tuple(get_close_matches(name, known, n=3, cutoff=0.6)),
        )
        for name in names
    )


def mark_values(facts: ProjectFacts, questions: Mapping[str, Question]) -> dict[str, str]:
    """Give every mark that exists and the text it stands for; blank when nobody stated it.

    ``organisation.*``, ``project.*`` and ``request.*`` are the facts, amounts and days written in
    French; ``question.need`` is the longest answer, ``question.need.short`` one length;
    ``budget.total``, ``.cash``, ``.in_kind``, ``.without_vat``, ``.investment`` and
    ``budget.account_60`` are sums of lines; ``resources.asked``, ``.granted``, ``.paid`` of sources
    that were neither refused nor withdrawn.
    """
    found: dict[str, str] = {}
    for group in _PLAIN:
        for name, value in facts[group].items():  # type: ignore[literal-required]
            found[f"{group}.{name.removesuffix('_cents')}"] = _written(name, value)
    for key in questions:
        answers = facts["answers"].get(key) or {}
        texts = {length: str(answers.get(length, "")).strip() for length in LENGTHS}
        found[f"question.{key}"] = max(texts.values(), key=len)
        found |= {f"question.{key}.{length}": text for length, text in texts.items()}
    for name, instead in FALLBACKS.items():
        found[name] = found[name] or found.get(instead, "")
    return found | _budget(facts["lines"]) | _resources(facts)


def _written(name: str, value: object) -> str:
    """Write one fact as a funder reads it."""
    if value is None:
        return ""
    if name.endswith("_cents") and isinstance(value, int):
        return wording.euros(value)
    if name == "rate":
        return wording.percent(str(value))
    if name.endswith("_on"):
        return wording.day(str(value))
    return wording.listed(value) if isinstance(value, list) else str(value)


def _budget(lines: list[LineFacts]) -> dict[str, str]:
    cash = [line for line in lines if line["kind"] == "cash"]
    sums = {
        "total": sum(line["amount_cents"] for line in lines),
        "cash": sum(line["amount_cents"] for line in cash),
        "in_kind": sum(line["amount_cents"] for line in lines if line["kind"] == "in_kind"),
        "without_vat": sum(line["without_vat_cents"] for line in cash),
        "investment": sum(line["amount_cents"] for line in cash if line["is_investment"]),
    }
    for account in ("60", "61", "62", "63", "64", "65", "66", "67", "68"):
        of_it = (line["amount_cents"] for line in cash if line["nature"] == account)
        sums[f"account_{account}"] = sum(of_it)
    return {f"budget.{name}": wording.euros(cents) for name, cents in sums.items()}


def _resources(facts: ProjectFacts) -> dict[str, str]:
    live = [one for one in facts["sources"] if one["state"] not in ("refused", "withdrawn")]
    sums = {
        "asked": sum(one["asked_cents"] or 0 for one in live),
        "granted": sum(one["granted_cents"] or 0 for one in live),
        "paid": sum(one["paid_cents"] or 0 for one in live),
    }
    return {f"resources.{name}": wording.euros(cents) for name, cents in sums.items()}
