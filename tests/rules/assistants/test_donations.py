"""R11: gifts as a decision aid; rates and ceilings themselves are tested with the rule."""

from datetime import date

import pytest

from filiere.rules.assistants.registry import all_assistants
from filiere.rules.assistants.shape import Verdict

ON = date(2026, 11, 22)
PERSON = {
    "general_interest": True, "donor": "individual", "gift": 10_000, "back": 0,
    "purpose": "digital_inclusion", "given_on": ON, "income": 3_000_000,
}  # fmt: skip
COMPANY = {
    "general_interest": True, "donor": "company", "gift": 900_000, "back": 0,
    "closed_on": date(2019, 12, 31), "turnover": 150_000_000,
}  # fmt: skip


def judge(answers, **changes):
    return all_assistants()["donations"].judge(answers | changes, ON)


def taken(found):
    return [step.key for step in found.path]


def test_r11_bofip_vector_gives_5400_and_a_green_light():
    found = judge(COMPANY)
    assert found.verdict == Verdict.CLEAR
    assert found.figures["reduction_cents"] == 540_000
    assert found.figures["ceiling_cents"] == 1_000_000
    assert found.headline.words("en") == "The reduction is €5,400, so the gift costs €3,600."
    assert "company_high" not in taken(found)


def test_r11_a_person_gives_100_euros_for_digital_inclusion_and_gets_66_back():
    found = judge(PERSON)
    assert (found.verdict, found.figures["reduction_cents"]) == (Verdict.CLEAR, 6_600)
    assert taken(found) == [
        "general_interest", "nothing_back", "digital_is_no_aid", "individual_rate",
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "counted"), [(13, 1_000), (14, 2_000)])
def test_r11_the_2000_euro_ceiling_starts_on_14_october_2025(day, counted):
    found = judge(PERSON, purpose="meals", gift=200_000, given_on=date(2025, 10, day))
    assert found.figures["reduction_cents"] == counted * 75 + (2_000 - counted) * 66
    used = {one.key: one.value for one in found.used}
    assert used["donation.aid_to_persons_ceiling_cents"] == counted * 100


def test_what_is_above_the_ceiling_of_a_company_is_carried_five_years():
    found = judge(COMPANY, closed_on=date(2019, 12, 30))
    assert (found.verdict, found.figures["over_cents"]) == (Verdict.CAUTION, 150_000)
    assert found.path[-1].words.words("en") == (
        "€1,500 is above the ceiling and is carried over the 5 years that follow."
    )


def test_a_company_is_told_of_the_lower_rate_from_fiscal_year_2020():
    assert "company_high" in taken(judge(COMPANY, closed_on=date(2020, 12, 31)))


def test_a_person_above_a_fifth_of_the_income_is_warned():
    found = judge(PERSON, gift=700_000)
    assert (found.verdict, found.figures["over_cents"]) == (Verdict.CAUTION, 100_000)


@pytest.mark.parametrize(("back", "verdict"), [(225_000, "clear"), (225_001, "stop")])
def test_r11_a_quarter_of_the_gift_may_come_back(back, verdict):
    assert judge(COMPANY, back=back).verdict == verdict


def test_r11_the_65_euros_of_a_person_are_from_memory_so_never_a_green_light():
    found = judge(PERSON, gift=100_000, back=6_500)
    assert found.verdict == Verdict.CAUTION
    assert found.to_verify == ("donation.compensation_individual_cents",)
    signed = all_assistants()["donations"].judge(
        PERSON | {"gift": 100_000, "back": 6_500}, ON, frozenset(found.to_verify)
    )
    assert signed.verdict == Verdict.CLEAR
    assert judge(PERSON, gift=100_000, back=6_501).verdict == Verdict.STOP


def test_no_receipt_without_general_interest():
    found = judge(PERSON, general_interest=False)
    assert (found.verdict, found.headline.words("en")) == (
        Verdict.STOP, "No tax reduction is possible.",
    )  # fmt: skip


def test_gifts_already_made_this_year_are_counted():
    found = judge(PERSON, gift=100_000, before=550_000)
    assert found.figures["over_cents"] == 50_000


def test_a_day_before_any_figure_is_unknown():
    assert judge(PERSON, given_on=date(2001, 1, 1)).verdict == Verdict.UNKNOWN


def test_what_is_left_to_answer_is_named():
    found = all_assistants()["donations"].judge({"general_interest": True}, ON)
    assert [one.key for one in found.still] == ["donor", "gift", "back"]


def test_gifts_of_a_past_year_are_used_or_lost_after_five_years():
    past = {"left_over": 500_000, "left_from": date(2020, 12, 31), "turnover": 100_000_000}
    used = judge(COMPANY, closed_on=date(2025, 12, 31), **past)
    assert used.figures["reduction_cents"] == 840_000
    assert used.figures["net_cents"] == 560_000
    assert used.headline.words("en") == "The reduction of the year is €8,400, past gifts included."
    assert "left_used" in taken(used)
    lost = judge(COMPANY, closed_on=date(2026, 12, 31), **past)
    assert (lost.figures["reduction_cents"], taken(lost)[-1]) == (540_000, "left_lost")


def test_a_past_year_that_ends_later_is_asked_again():
    found = judge(COMPANY, left_over=1, left_from=date(2019, 12, 31))
    assert (found.verdict, found.still[0].key) == (Verdict.UNKNOWN, "left_from")
