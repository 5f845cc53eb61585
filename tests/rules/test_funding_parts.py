import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules.funding_parts import Match, Source, capacity_of, split_total
from filiere.rules.money import share, take_in_proportion

CENTS = st.integers(0, 10**9)


@st.composite
def sources(draw):
    """Some tranches with ranks; some call matching money."""
    made, key = [], 0
    for _ in range(draw(st.integers(1, 5))):
        key += 1
        own, matches = key, []
        for _ in range(draw(st.integers(0, 2))):
            key += 1
            called, per = draw(st.integers(1, 5)), draw(st.integers(1, 5))
            matches.append(Match(key, draw(CENTS), called, per))
        made.append(Source(own, draw(CENTS), draw(st.integers(1, 3)), tuple(matches)))
    return made


@pytest.mark.parametrize(
    ("total", "given_sources", "expected"),
    [
        pytest.param(100, [Source(1, 100), Source(2, 100), Source(3, 100)], {1: 34, 2: 33, 3: 33},
                     id="equal rank, equal money, the odd cent to the first"),
        pytest.param(100, [Source(1, 300), Source(2, 100)], {1: 75, 2: 25},
                     id="equal rank, in proportion of what is left"),
        pytest.param(100, [Source(1, 300, 2), Source(2, 60, 1)], {1: 40, 2: 60},
                     id="the lower rank is emptied first"),
        pytest.param(200, [Source(1, 500, matches=(Match(2, 500, 1, 1),))], {1: 100, 2: 100},
                     id="a euro calls a euro"),
        pytest.param(200, [Source(1, 500, matches=(Match(2, 30, 1, 1),))], {1: 170, 2: 30},
                     id="up to the cap"),
        pytest.param(0, [Source(1, 500)], {}, id="nothing to pay"),
        pytest.param(101, [Source(1, 500, matches=(Match(2, 500, 1, 1),))], {1: 51, 2: 50},
                     id="the odd cent is the trigger's"),
    ],
)  # fmt: skip
def test_split_total(total, given_sources, expected):
    found = split_total(total, given_sources)

    assert found.parts == expected
    assert found.missing == 0


def test_split_total_names_what_nobody_pays():
    found = split_total(500, [Source(1, 100), Source(2, 0, matches=(Match(3, 1000, 5, 1),))])

    assert (found.parts, found.missing) == ({1: 100}, 400)


@pytest.mark.parametrize(
    ("total", "wrong"),
    [
        (-1, [Source(1, 5)]),
        (1, [Source(1, -5)]),
        (1, [Source(1, 5), Source(1, 5)]),
        (1, [Source(1, 5, matches=(Match(2, 5, 0, 1),))]),
        (1, [Source(1, 5, matches=(Match(1, 5, 1, 1),))]),
    ],
)
def test_split_total_refuses_what_has_no_meaning(total, wrong):
    with pytest.raises(ValueError, match=r"negative|ratio|twice"):
        split_total(total, wrong)


@given(total=CENTS, given_sources=sources())
def test_split_total_is_exact_and_nobody_gives_more_than_it_has(total, given_sources):
    found = split_total(total, given_sources)

    assert sum(found.parts.values()) + found.missing == total
    assert found.missing == max(0, total - capacity_of(given_sources))
    for source in given_sources:
        own = found.parts.get(source.key, 0)
        assert 0 <= own <= source.left
        for match in source.matches:
            assert 0 <= found.parts.get(match.key, 0) <= match.called_by(own) <= match.left


@given(total=CENTS, given_sources=sources())
def test_split_total_leaves_a_rank_alone_while_a_lower_one_has_money(total, given_sources):
    found = split_total(total, given_sources)

    def paid(source):
        keys = [source.key, *(match.key for match in source.matches)]
        return sum(found.parts.get(key, 0) for key in keys)

    used = [source.rank for source in given_sources if paid(source)]
    for source in given_sources:
        if used and source.rank < max(used):
            assert paid(source) == source.capacity


def test_attack_50_in_20000_random_histories_no_funder_is_overdrawn_by_a_cent():
    """Lots of vouchers issued from tranches, then used bit by bit to the end.

    Each history: two to four tranches, ranks, matching; lots until the money is gone; each
    voucher's face cut into parts at issue, and taken in proportion to what is left.
    """
    rng = random.Random(50)
    for _ in range(20_000):
        money = {key: rng.randint(0, 3_000) for key in range(1, rng.randint(3, 5))}
        given_by = dict.fromkeys(money, 0)
        cap, has_match = rng.randint(0, 1_500), rng.random() < 0.5
        ranks = {key: rng.randint(1, 2) for key in money}
        for _lot in range(2):
            count, face = rng.randint(1, 4), rng.randint(1, 400)
            split = split_total(count * face, _sources(money, given_by, ranks, cap, has_match))
            if not split.missing:
                _use_lot(rng, split.parts, count, face, given_by)
        assert all(0 <= given_by[key] <= money[key] for key in money)
        if has_match:
            assert given_by[2] <= min(cap, given_by[1])


def _sources(money, given_by, ranks, cap, has_match):
    left = {key: money[key] - given_by[key] for key in money}
    matches = (Match(2, min(left[2], cap - given_by[2]), 1, 1),) if has_match else ()
    return [
        Source(key, left[key], ranks[key], matches if key == 1 else ())
        for key in money
        if not (has_match and key == 2)
    ]


def _use_lot(rng, parts, count, face, given_by):
    """Issue the vouchers of a lot and spend them; the lot's parts end exactly at zero."""
    keys, left = list(parts), list(parts.values())
    for _voucher in range(count):
        voucher = share(face, left)
        left = [before - cents for before, cents in zip(left, voucher, strict=True)]
        while remaining := sum(voucher):
            taken = take_in_proportion(rng.randint(1, remaining), voucher)
            for key, cents in zip(keys, taken, strict=True):
                given_by[key] += cents
            voucher = [before - cents for before, cents in zip(voucher, taken, strict=True)]
        assert min(voucher) == 0 == max(voucher)
    assert not any(left)
