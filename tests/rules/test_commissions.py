import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.commissions import commission_earned


@given(
    settled=st.lists(st.integers(1, 10**6), max_size=8),
    rate=st.integers(0, 2000),
    each=st.integers(0, 200),
)
def test_attack_54_commissions_taken_in_many_times_add_up_to_the_cent(settled, rate, each):
    taken = 0
    for number in range(len(settled) + 1):
        earned = commission_earned(
            settled_cents=sum(settled[:number]), uses=number, basis_points=rate, cents_per_use=each
        )
        assert earned >= taken
        taken += earned - taken
    exact = sum(settled) * rate + len(settled) * each * 10_000
    assert taken * 10_000 <= exact < (taken + 1) * 10_000


@pytest.mark.parametrize("wrong", [{"uses": -1}, {"basis_points": 2001}, {"settled_cents": -1}])
def test_commission_earned_refuses_a_wrong_argument(wrong):
    right = {"settled_cents": 1, "uses": 1, "basis_points": 1, "cents_per_use": 1}
    with pytest.raises(ValueError, match=r"negative|over"):
        commission_earned(**right | wrong)
