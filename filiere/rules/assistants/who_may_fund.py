"""Who may fund what: each tier and kind of payer, its legal ground, and what nobody settled.

Source: the texts of 2018 (no tier is in charge; general clause removed on 7 August 2015) and the
grounds named sentence by sentence in ``data/assistants/who_may_fund.yaml``.
"""

from dataclasses import dataclass
from datetime import date

from filiere.rules.assistants.case import Assistant, Case
from filiere.rules.assistants.shape import Advice, Verdict
from filiere.rules.assistants.sheets import sheet
from filiere.rules.carriers import Worded
from filiere.rules.parameters import Confidence, load_yaml

KEY = "who_may_fund"
GENERAL_CLAUSE_ENDED_ON = date(2015, 8, 7)
"""Law of 7 August 2015, for départements and regions."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Whether a payer may pay for an action, None when it depends, and the sentence that says why.

    ``key`` names a sentence of the sheet; ``confidence`` is that of its source.
    """

    payer: str
    action: str
    may: bool | None
    key: str
    confidence: Confidence


def payers() -> tuple[str, ...]:
    """Give every payer that has verdicts, in the order of the file."""
    return tuple(load_yaml(f"assistants/{KEY}.yaml")["verdicts"])


def actions() -> tuple[str, ...]:
    """Give every action that can be paid for."""
    return tuple(option.key for option in sheet(KEY).question("action").options)


def ground(payer: str, action: str, on: date) -> Ground:
    """Tell whether a payer may pay for an action on a day, and on which ground.

    Args:
        payer: one of ``payers()``.
        action: one of ``actions()``.
        on: reference day.

    Raises:
        KeyError: no such payer or action (a caller's bug).

    >>> ground("departement", "training", date(2026, 11, 22)).may
    False
    >>> ground("departement", "training", date(2015, 8, 6)).may
    True
    """
    raw = load_yaml(f"assistants/{KEY}.yaml")
    may, key = raw["verdicts"][payer][action]
    if on < GENERAL_CLAUSE_ENDED_ON and payer in raw["before_2015"]:
        may, key = True, "general_clause"
    return Ground(payer, action, may, key, sheet(KEY).sentences[key].confidence)


def _spoken() -> frozenset[str]:
    raw = load_yaml(f"assistants/{KEY}.yaml")["verdicts"]
    return frozenset(key for one in raw.values() for _, key in one.values())


SPOKEN = _spoken()
"""Sentences named by the table."""


def _named(payer: str) -> Worded:
    options = sheet(KEY).question("payer").options
    label = next(option.label for option in options if option.key == payer)
    return Worded(label.fr, label.en, KEY, Confidence.OWN_CHOICE, GENERAL_CLAUSE_ENDED_ON)


def _state_aid(case: Case) -> tuple[str, ...]:
    """Warn, before a grant, when the body also sells on a market."""
    if not case.yes("economic"):
        return ()
    case.step("not_sgei")
    case.step("recognition_asked")
    return ("check_aid",)


def walk(case: Case) -> Advice:
    """Judge one payer, or all of them, for one action."""
    action, payer = case.choice("action"), case.choice("payer")
    wanted = payers() if payer == "all" else (payer,)
    found = [ground(one, action, case.on) for one in wanted]
    case.step("no_tier")
    for one in found:
        case.step(one.key, one.may, payer=_named(one.payer))
    ways = _state_aid(case)
    may = [one.may for one in found]
    if payer == "all":
        case.figures |= {"count": may.count(True), "doubtful": may.count(None)}
        return case.advice(
            Verdict.CLEAR if True in may else Verdict.CAUTION,
            "several",
            would_change=("ask_vote", *ways),
            count=may.count(True),
            doubtful=may.count(None),
        )
    if may == [False]:
        return case.advice(Verdict.STOP, "may_not_pay", would_change=("other_payer",))
    if may == [None]:
        return case.advice(
            Verdict.CAUTION, "depends", would_change=("ask_vote", "other_payer", *ways)
        )
    return case.advice(Verdict.CLEAR, "may_pay", would_change=("ask_vote", *ways))


ASSISTANTS = (Assistant(sheet(KEY), walk),)
