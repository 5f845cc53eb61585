"""Whatever is answered, every assistant concludes in two languages and never on a doubt."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Kind, Verdict
from filiere.rules.parameters import FIRST_YEAR, LAST_YEAR

EVERY = sorted(all_assistants())
DAYS = st.dates(date(1900, 1, 1), date(LAST_YEAR, 12, 31))
ANSWERS = {
    Kind.YES_NO: st.booleans(),
    Kind.AMOUNT: st.one_of(st.integers(0, 10**7), st.integers(0, 10**13)),
    Kind.COUNT: st.one_of(st.integers(0, 400), st.integers(FIRST_YEAR, LAST_YEAR)),
    Kind.DATE: st.one_of(DAYS, st.dates(date(2018, 1, 1), date(2030, 12, 31))),
}


def answer(question):
    if question.kind == Kind.CHOICE:
        return st.sampled_from([option.key for option in question.options])
    return ANSWERS[question.kind]


@pytest.mark.parametrize("key", EVERY)
@settings(max_examples=60, deadline=None)
@given(drawn=st.data())
def test_any_answers_give_an_advice(key, drawn):
    assistant = all_assistants()[key]
    questions = assistant.sheet.questions
    answers = drawn.draw(
        st.fixed_dictionaries({}, optional={one.key: answer(one) for one in questions})
    )
    on = drawn.draw(st.dates(date(1995, 1, 1), date(2060, 12, 31)))
    found = assistant.judge(answers, on)
    assert found.headline.fr
    assert found.headline.en
    asked_again = {assistant.sheet.sentences[name].en for name in ("missing", "impossible")}
    assert bool(found.still) == (found.headline.en in asked_again)
    assert not (found.verdict == Verdict.CLEAR and found.rests_on_doubt)
    for step in found.path:
        assert "{" not in step.words.fr + step.words.en
