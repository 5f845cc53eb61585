"""From a person's own words to a need and a procedure: a suggestion, never a decision."""

from dataclasses import dataclass

from filiere.rules.needs import Need, all_needs
from filiere.rules.needs import need as need_of
from filiere.rules.procedures import Procedure, all_operators, all_procedures
from filiere.rules.text import fold

# Words that say nothing of the need.
EMPTY = frozenset(
    "aide aider avec avoir besoin dans demande demander demarche faire help mon mes ma "
    "mettre need our pour quel refaire sur the une with".split()
)
SHORTEST, STEM = 3, 6


@dataclass(frozen=True, slots=True)
class Guess:
    """What the words look like; both None when nothing is alike."""

    need: Need | None
    procedure: Procedure | None


def guess(text: str) -> Guess:
    """Find the procedure, else the need, that shares the most words with what was written."""
    words = _stems(text)
    names = {operator.key: f"{operator.fr} {operator.en}" for operator in all_operators()}
    procedures = [
        (_shared(words, f"{one.fr} {one.en}") * 2 + _shared(words, names[one.operator]), one)
        for one in all_procedures()
    ]
    score, found = max(procedures, key=lambda pair: pair[0])
    needs = [
        (_shared(words, f"{one.fr} {one.en} {one.example_fr} {one.example_en}"), one)
        for one in all_needs()
    ]
    need_score, likely = max(needs, key=lambda pair: pair[0])
    if score > 1 and score >= need_score:
        key = "work" if found.service == "employment" else "procedure"
        return Guess(need_of(key), found)
    return Guess(likely if need_score else None, None)


def _stems(text: str) -> set[str]:
    """Cut the words that carry meaning to their first letters."""
    plain = "".join(letter if letter.isalnum() else " " for letter in fold(text))
    return {word[:STEM] for word in plain.split() if len(word) >= SHORTEST and word not in EMPTY}


def _shared(words: set[str], text: str) -> int:
    """Count the words in common."""
    return len(words & _stems(text))
