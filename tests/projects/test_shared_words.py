"""The words of rows and those of the rules are the same: what one knows, the other computes."""

from filiere.projects.models import AidRegime, FundingKind, SourceState
from filiere.projects.models.sources import BEFORE_ANSWER, GRANTED, LOST
from filiere.projects.services.sources import PUBLIC, SELF_BROUGHT
from filiere.rules import aid_regimes
from filiere.rules.financing import shape


def test_origins_states_and_regimes_of_rows_are_those_of_the_rules():
    assert set(FundingKind.values) == set(shape.Kind)
    assert set(SourceState.values) == set(shape.State)
    assert set(AidRegime.values) == {*shape.Regime, "unknown"}
    assert set(aid_regimes.Regime) < set(shape.Regime)


def test_a_state_is_before_the_answer_granted_or_lost():
    assert sorted((*BEFORE_ANSWER, *GRANTED, *LOST)) == sorted(SourceState.values)
    assert set(GRANTED) == {one for one in shape.State if one.is_granted}
    assert set(LOST) == {one for one in shape.State if one.is_lost}


def test_who_is_public_and_who_is_not_asked_is_told_by_the_rules():
    assert {"eu", "state", "region", "departement", "epci", "commune"} == PUBLIC
    assert {"own", "income", "voucher", "volunteering"} == SELF_BROUGHT
