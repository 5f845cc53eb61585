"""What somebody must still read and sign: figures from memory, unconfirmed years, sentences.

Until then no assistant gives a green light on them. Source: confidence marks of the parameters and
of the sheets.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from filiere.rules import parameters
from filiere.rules.assistants.registry import all_assistants
from filiere.rules.carriers import Worded


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to verify; ``sign_key`` is what the assistants take as verified once signed.

    A figure has a ``value`` and its ``unit``; a sentence has ``words`` and the key of its
    ``assistant``.
    """

    sign_key: str
    source: str
    since: date
    value: int | Fraction | tuple[str, ...] | None = None
    unit: str = ""
    is_unconfirmed: bool = False
    words: Worded | None = None
    assistant: str = ""


def figures_to_verify(on: date) -> tuple[Doubt, ...]:
    """Give the parameters in force on a day that are from memory or unconfirmed for its year.

    >>> "association.franchise_cents@2026" in {
    ...     one.sign_key for one in figures_to_verify(date(2026, 11, 22))}
    True
    """
    found = []
    for key in parameters.all_parameters():
        try:
            held = parameters.in_force(key, on)
        except parameters.ParameterNotInForce:
            continue
        if held.is_doubtful:
            found.append(
                Doubt(
                    sign_key=held.sign_key,
                    source=held.parameter.legal_ref or held.parameter.source,
                    since=held.since,
                    value=held.value,
                    unit=held.parameter.unit,
                    is_unconfirmed=held.is_unconfirmed,
                )
            )
    return tuple(found)


def sentences_to_verify(on: date) -> tuple[Doubt, ...]:
    """Give the sentences of the assistants that are from memory, in the order of the assistants.

    >>> all(one.words.is_to_verify for one in sentences_to_verify(date(2026, 11, 22)))
    True
    """
    return tuple(
        Doubt(
            sign_key=f"{key}.{name}",
            source=sentence.source,
            since=sentence.since,
            words=sentence,
            assistant=key,
        )
        for key, assistant in all_assistants().items()
        for name, sentence in assistant.sheet.sentences.items()
        if sentence.is_to_verify and sentence.since <= on
    )
