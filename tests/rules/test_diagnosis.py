import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.diagnosis import (
    Domain,
    Level,
    NextStep,
    ReasonCode,
    Request,
    Segment,
    load_questionnaire,
    score,
)
from filiere.rules.links import Link, ServiceKind

QUESTIONS = load_questionnaire()
ALONE = {domain.value: "alone" for domain in Domain}
HELPED = {domain.value: "with_help" for domain in Domain}
LACKING = {domain.value: "not_yet" for domain in Domain}
CALM = Request()
SEGMENTS = list(Segment)

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        question.key: st.none() | st.sampled_from([answer.key for answer in question.answers])
        for question in QUESTIONS.questions
    },
)
REQUESTS = st.builds(
    Request,
    deadline_days=st.none() | st.integers(-30, 400),
    procedure=st.none() | st.just("tax_return"),
)


def codes(result):
    return [reason.code for reason in result.reasons]


@pytest.mark.parametrize(
    ("answers", "segment", "step"),
    [
        pytest.param({}, None, NextStep.TALK, id="nothing answered"),
        pytest.param({"access": "none"}, None, NextStep.GET_EQUIPPED, id="only no equipment"),
        pytest.param({"use": "never"}, Segment.EXCLUDED, NextStep.BE_ACCOMPANIED, id="never used"),
        pytest.param(LACKING, Segment.EXCLUDED, NextStep.BE_ACCOMPANIED, id="no skill"),
        pytest.param(
            LACKING | {"tools": "alone"},
            Segment.EXCLUDED,
            NextStep.BE_ACCOMPANIED,
            id="four of five",
        ),
        pytest.param(
            LACKING | {"tools": "alone", "safety": "alone"},
            Segment.DISTANT,
            NextStep.LEARN_BASICS,
            id="three of five lacking",
        ),
        pytest.param(HELPED, Segment.NEARLY_AUTONOMOUS, NextStep.LEARN_ONE_THING, id="with help"),
        pytest.param(
            HELPED | {"access": "none"}, Segment.DISTANT, NextStep.GET_EQUIPPED, id="no equipment"
        ),
        pytest.param(ALONE, Segment.AUTONOMOUS, NextStep.GO_FURTHER, id="alone"),
        pytest.param(
            ALONE | {"safety": "with_help"},
            Segment.AUTONOMOUS,
            NextStep.LEARN_ONE_THING,
            id="nearly everything",
        ),
        pytest.param(
            ALONE | {"confidence": "worried"},
            Segment.NEARLY_AUTONOMOUS,
            NextStep.GO_FURTHER,
            id="afraid of mistakes",
        ),
    ],
)
def test_score_places_a_person(answers, segment, step):
    result = score(QUESTIONS, answers, request=CALM)

    assert (result.segment, result.next_step) == (segment, step)
    assert result.version == "2026-1"


@pytest.mark.parametrize(
    ("request_", "urgent"),
    [
        (Request(), False),
        (Request(deadline_days=16), False),
        (Request(deadline_days=15), True),
        (Request(deadline_days=-2), True),
        (Request(procedure="tax_return"), True),
        (Request(deadline_days=90, procedure="tax_return"), True),
    ],
)
@given(answers=ANSWERS)
def test_today_is_an_emergency_only_because_of_the_request(request_, urgent, answers):
    result = score(QUESTIONS, answers, request=request_)

    assert (result.today is ServiceKind.EMERGENCY) == urgent
    assert (ReasonCode.NOTHING_URGENT in codes(result)) != urgent


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({}, ServiceKind.INCLUSION),
        (LACKING, ServiceKind.INCLUSION),
        (HELPED, ServiceKind.CULTURE),
        (ALONE, ServiceKind.CULTURE),
    ],
)
def test_today_without_urgency_follows_where_the_person_stands(answers, kind):
    assert score(QUESTIONS, answers, request=CALM).today is kind


def test_score_without_any_answer_knows_nothing_and_still_answers():
    result = score(QUESTIONS, {}, request=Request(deadline_days=3))

    assert result.levels == dict.fromkeys(Domain)
    assert result.today is ServiceKind.EMERGENCY
    assert (result.answered, result.segment) == (0, None)
    assert codes(result) == [ReasonCode.DEADLINE_SOON, ReasonCode.NOT_ENOUGH_ANSWERS]
    assert result.reasons[0].parameters == {"days": 3}


def test_score_explains_itself():
    answers = ALONE | {"safety": "not_yet", "help": "no", "confidence": "worried"}
    result = score(QUESTIONS, answers, request=CALM)

    assert result.levels[Domain.SAFETY] is Level.NOT_YET
    assert codes(result) == [
        ReasonCode.NOTHING_URGENT,
        ReasonCode.DOMAINS_ALONE,
        ReasonCode.LACKS_CONFIDENCE,
        ReasonCode.NO_HELP_NEARBY,
        ReasonCode.WEAKEST_DOMAIN,
    ]
    assert result.reasons[1].parameters == {"count": 4, "of": 5}
    assert result.reasons[-1].parameters == {"domain": "safety"}


@given(data=st.data(), answers=ANSWERS, request_=REQUESTS)
def test_a_better_answer_never_gives_a_worse_segment(data, answers, request_):
    before = score(QUESTIONS, answers, request=request_)
    given_ = [key for key, answer in answers.items() if answer is not None]
    if not given_ or before.segment is None:
        return
    key = data.draw(st.sampled_from(given_))
    question = next(one for one in QUESTIONS.questions if one.key == key)
    best = max(question.answers, key=lambda answer: answer.level)
    after = score(QUESTIONS, answers | {key: best.key}, request=request_)

    if after.segment is not None:
        assert SEGMENTS.index(after.segment) >= SEGMENTS.index(before.segment)


@given(answers=ANSWERS, request_=REQUESTS)
def test_score_always_gives_reasons_and_counts_answers(answers, request_):
    result = score(QUESTIONS, answers, request=request_)

    assert len(result.reasons) >= 2
    assert result.answered == sum(answer is not None for answer in answers.values())


def test_score_ignores_answers_it_does_not_know():
    assert score(QUESTIONS, {"safety": "purple", "x": "y"}, request=CALM).answered == 0


def test_the_questionnaire_is_short_and_complete():
    abouts = [question.about for question in QUESTIONS.questions]

    assert len(abouts) <= 10
    assert {domain.value for domain in Domain} | {"access", "help", "confidence"} <= set(abouts)
    for question in QUESTIONS.questions:
        assert question.fr
        assert question.en
        assert len({answer.key for answer in question.answers}) >= 3
        assert all(isinstance(answer.key, str) for answer in question.answers)


def test_load_questionnaire_refuses_an_unknown_version():
    with pytest.raises(ValueError, match="no questionnaire has version 1999"):
        load_questionnaire("1999")


def test_kinds_of_service_are_links_of_the_chain():
    assert [kind.link for kind in ServiceKind] == [
        Link.EMERGENCIES, Link.INCLUSION, Link.CULTURE,
    ]  # fmt: skip
    assert len({link.value[0] for link in Link}) == 9
