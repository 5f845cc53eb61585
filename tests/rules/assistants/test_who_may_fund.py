"""B03, B40, C36: who may fund what, on which ground, before and after the law of 2015."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict
from filiere.rules.assistants.who_may_fund import actions, ground, payers
from filiere.rules.parameters import Confidence

ON = date(2026, 11, 22)
ASSISTANT = all_assistants()["who_may_fund"]


def judge(payer, action, *, economic=False, on=ON, verified=frozenset()):
    answers = {"payer": payer, "action": action, "economic": economic}
    return ASSISTANT.judge(answers, on, verified)


def test_every_payer_has_a_sourced_ground_for_every_action():
    options = {option.key for option in ASSISTANT.sheet.question("payer").options}
    assert set(payers()) == options - {"all"}
    for payer in payers():
        for action in actions():
            found = ground(payer, action, ON)
            assert found.may in {True, False, None}
            assert ASSISTANT.sheet.sentences[found.key].source


@pytest.mark.parametrize("payer", ["departement", "region"])
@pytest.mark.parametrize("action", actions())
def test_b03_the_general_clause_ended_on_7_august_2015(payer, action):
    assert ground(payer, action, date(2015, 8, 6)).key == "general_clause"
    assert ground(payer, action, date(2015, 8, 7)).key != "general_clause"


def test_b03_the_general_clause_of_communes_did_not_end():
    before, after = (ground("commune", "help", day) for day in (date(2015, 8, 6), ON))
    assert (before, after.may) == (after, True)


@pytest.mark.parametrize(
    ("payer", "action", "may"),
    [
        ("departement", "social", True), ("departement", "help", None),
        ("departement", "training", False), ("region", "training", True),
        ("region", "equipment", True), ("epci", "help", None), ("state", "help", True),
        ("europe", "help", True), ("family_fund", "help", None), ("operator", "help", True),
        ("operator", "equipment", None), ("company", "equipment", True),
    ],
)  # fmt: skip
def test_b03_who_may_fund_what(payer, action, may):
    found = judge(payer, action)
    assert found.path[1].passed is may
    expected = {True: {"clear", "caution"}, None: {"caution"}, False: {"stop"}}[may]
    assert found.verdict in expected


def test_b03_nobody_is_in_charge_is_said_first():
    assert judge("commune", "help").path[0].key == "no_tier"


def test_a_ground_from_memory_is_never_a_green_light_until_signed():
    found = judge("commune", "help")
    assert (found.verdict, found.to_verify) == (
        Verdict.CAUTION, ("who_may_fund.commune_general",),
    )  # fmt: skip
    assert judge("commune", "help", verified=frozenset(found.to_verify)).verdict == Verdict.CLEAR
    assert judge("company", "help").verdict == Verdict.CLEAR


def test_b40_c36_an_activity_on_a_market_is_warned_of_before_the_grant():
    keys = [step.key for step in judge("company", "help", economic=True).path]
    assert keys[-2:] == ["not_sgei", "recognition_asked"]
    assert "not_sgei" not in [step.key for step in judge("company", "help").path]


def test_all_payers_are_counted():
    found = judge("all", "training")
    grounds = [ground(payer, "training", ON).may for payer in payers()]
    assert found.figures == {"count": grounds.count(True), "doubtful": grounds.count(None)}
    assert len(found.path) == 1 + len(payers())


def test_the_amounts_of_the_family_fund_are_said_not_found():
    sentence = ASSISTANT.sheet.sentences["family_fund_status"]
    assert sentence.confidence == Confidence.STATED
    assert "n’ont pas été trouvés" in sentence.fr
