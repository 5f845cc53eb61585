"""Counts told by steps: what subtraction leaves open."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.small_cells import told_count

LEAST = 5


@pytest.mark.parametrize(
    ("count", "persons", "told"),
    [(0, 0, None), (1, 1, None), (400, 4, None), (5, 5, 5), (9, 5, 5), (9, 9, 5), (10, 5, 10)],
)
def test_told_count_is_a_step_below_or_nothing(count, persons, told):
    assert told_count(count, persons=persons, least=LEAST) == told


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 50))
def test_told_count_is_never_above_nor_a_whole_step_below(more, persons, least):
    count = persons + more
    told = told_count(count, persons=persons, least=least)
    assert (told is None) == (persons < least)
    assert told is None or (told % least == 0 and 0 <= count - told < least)


@pytest.mark.parametrize(("count", "persons", "least"), [(1, 2, 5), (1, -1, 5), (1, 1, 0)])
def test_told_count_refuses_what_cannot_be(count, persons, least):
    with pytest.raises(ValueError, match=r"persons|least"):
        told_count(count, persons=persons, least=least)


def told(*counts):
    return tuple(told_count(one, persons=one, least=LEAST) for one in counts)


def test_attack_76_the_group_of_a_small_commune_is_never_found_by_subtraction():
    # Every table of two communes in an intercommunality, a third one beside it, and the
    # département of the three: whoever reads the five figures keeps several possible counts.
    possible = defaultdict(list)
    for communes in product(range(3 * LEAST), repeat=3):
        inside = sum(communes[:2])
        possible[told(*communes, inside, sum(communes))].append(communes)
    for published, tables in possible.items():
        for place, figure in enumerate(published[:3]):
            assert figure is not None or len({one[place] for one in tables}) >= 3, published


def test_attack_76_one_more_person_from_one_day_to_the_next_is_not_seen():
    days = [told_count(count, persons=count, least=LEAST) for count in range(10, 15)]
    assert days == [10] * 5
