"""What someone wrote on the home page, read as a need and perhaps a procedure."""

from dataclasses import dataclass

from filiere.rules.needs import Need, all_needs, need
from filiere.rules.procedures import Procedure, all_procedures, operator
from filiere.rules.text import fold

# Words of this length or less say nothing of the need ("je", "mon", "sur").
SHORTEST = 4
STEM = 6
COMMON = frozenset(
    [
        "pour", "avec", "dans", "faire", "mais", "plus", "votre", "notre", "comment", "besoin",
        "voudrais", "veux", "demande", "demander", "ligne", "internet", "numerique", "aide",
        "aider", "chez", "cette", "with", "from", "have", "want", "need", "help", "online",
    ]
)  # fmt: skip
# Short words that do say something.
TELLING = frozenset(["caf", "rsa", "msa", "cv", "mdph", "apl", "ants", "cpam"])
SERVICE_NEED = {"employment": "work", "parenting": "child"}


@dataclass(frozen=True, slots=True)
class Guess:
    """The need that looks closest, and the procedure when its name was written."""

    need: Need
    procedure: Procedure | None = None


def guess(text: str) -> Guess | None:
    """Guess what a person wants from a few words in French or English; None when unclear."""
    words = _stems(text)
    if not words:
        return None
    best_procedure = max(all_procedures(), key=lambda one: len(words & _procedure_stems(one)))
    procedure_score = len(words & _procedure_stems(best_procedure))
    best_need = max(all_needs(), key=lambda one: len(words & _need_stems(one)))
    need_score = len(words & _need_stems(best_need))
    if procedure_score and procedure_score >= need_score:
        found = need(SERVICE_NEED.get(best_procedure.service, "procedure"))
        return Guess(found, best_procedure) if found else None
    return Guess(best_need) if need_score else None


def _stems(text: str) -> frozenset[str]:
    words = fold(text).replace("'", " ").replace("’", " ").replace("-", " ").split()
    return frozenset(
        word[:STEM]
        for word in (raw.strip(".,;:!?()…«»") for raw in words)
        if word in TELLING or (len(word) >= SHORTEST and word not in COMMON)
    )


def _need_stems(one: Need) -> frozenset[str]:
    return _stems(f"{one.fr} {one.en} {one.example_fr} {one.example_en}")


def _procedure_stems(one: Procedure) -> frozenset[str]:
    runs = operator(one.operator)
    return _stems(f"{one.fr} {one.en} {runs.fr if runs else ''}")
