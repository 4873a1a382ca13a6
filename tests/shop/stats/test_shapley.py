"""Parts of a change add up to it exactly and depend on no order; zeros and gaps included."""

from fractions import Fraction
from itertools import permutations
from math import factorial, prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.core.money import half_up
from shop.stats.shapley import Level, links, shapley, to_cents

factors = st.fractions(min_value=0, max_value=50, max_denominator=40)
pairs = st.lists(st.tuples(factors, factors), min_size=1, max_size=8)
sums = st.one_of(st.none(), st.just(0), st.integers(0, 30), st.integers(0, 10**7))
chains = st.lists(st.tuples(sums, sums), min_size=0, max_size=6)
ends = st.tuples(st.integers(0, 10**8), st.integers(0, 10**8))


def change(factor_pairs: list[tuple[Fraction, Fraction]]) -> Fraction:
    return prod(now for now, _ in factor_pairs) - prod(before for _, before in factor_pairs)


def check_parts(factor_pairs: list[tuple[Fraction, Fraction]], random: Any) -> None:
    parts = shapley(factor_pairs)
    assert sum(parts) == change(factor_pairs)
    order = list(range(len(factor_pairs)))
    random.shuffle(order)
    assert shapley([factor_pairs[place] for place in order]) == [parts[place] for place in order]
    total = half_up(change(factor_pairs))
    names = [f"factor {place}" for place in range(len(factor_pairs))]
    cents = to_cents(total, dict(zip(names, parts, strict=True)))
    assert sum(cents.values()) == total
    assert all(abs(cents[name] - part) <= 2 for name, part in zip(names, parts, strict=True))
    assert to_cents(total, {names[place]: parts[place] for place in order}) == cents


def check_chain(middle: list[tuple[int | None, int | None]], end: tuple[int, int]) -> None:
    levels = [Level(f"level {n}", *pair) for n, pair in enumerate([*middle, end])]
    chain = links(levels)
    parts = shapley([(link.now, link.before) for link in chain])
    assert sum(parts) == end[0] - end[1]
    report = {link.over.name for link in chain} | {name for link in chain for name, _ in link.left_out}
    assert report == {level.name for level in levels}  # nothing vanishes without being named


@settings(max_examples=60, deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_parts_add_up_and_any_order_of_factors_gives_the_same(factor_pairs: Any, random: Any) -> None:
    check_parts(factor_pairs, random)


@settings(max_examples=60, deadline=None)
@given(chains, ends)
def test_a_chain_with_gaps_and_zeros_adds_up_and_names_what_it_merged(middle: Any, end: Any) -> None:
    check_chain(middle, end)


@pytest.mark.proof
@settings(max_examples=2_000, deadline=None)
@given(pairs, chains, ends, st.randoms(use_true_random=False))
def test_two_thousand_pairs_of_periods_add_up(factor_pairs: Any, middle: Any, end: Any, random: Any) -> None:
    check_parts(factor_pairs, random)
    check_chain(middle, end)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(factors, factors), min_size=1, max_size=5))
def test_a_part_is_the_mean_over_all_orders_of_change(factor_pairs: Any) -> None:
    """Computed the long way: every order in which the factors could have changed, one by one."""
    mean = [Fraction(0)] * len(factor_pairs)
    for order in permutations(range(len(factor_pairs))):
        values = [before for _, before in factor_pairs]
        for place in order:
            earlier = prod(values)
            values[place] = factor_pairs[place][0]
            mean[place] += (prod(values) - earlier) / factorial(len(factor_pairs))
    assert shapley(factor_pairs) == mean


def test_two_factors_share_by_hand():
    # 2 sessions at 300 became 3 at 400: 1200 - 600; sessions 1 x 350, sales per session 2.5 x 100
    parts = shapley([(Fraction(3), Fraction(2)), (Fraction(400), Fraction(300))])
    assert parts == [350, 250]


def test_what_did_not_change_has_no_part():
    assert shapley([(Fraction(3), Fraction(3)), (Fraction(5), Fraction(2))]) == [0, 9]


def test_a_level_that_is_unknown_or_zero_joins_its_neighbours():
    chain = links(
        [Level("sessions", 4, 2), Level("viewers", None, 90), Level("orders", 8, 0), Level("gmv", 800, 0)]
    )
    assert [(link.over.name, link.under and link.under.name) for link in chain] == [
        ("sessions", None),
        ("gmv", "sessions"),
    ]
    assert chain[1].left_out == (("viewers", "unknown"), ("orders", "zero"))
    assert (chain[1].now, chain[1].before) == (200, 0)


def test_cents_are_shared_by_the_largest_remainder_and_nothing_stays_nothing():
    thirds = {"a": Fraction(10, 3), "b": Fraction(10, 3), "c": Fraction(10, 3), "d": Fraction(0)}
    assert to_cents(10, thirds) == {"a": 4, "b": 3, "c": 3, "d": 0}
    losses = {"a": Fraction(-1, 2), "b": Fraction(-1, 2)}
    assert to_cents(-1, losses) == {"a": 0, "b": -1}
    assert to_cents(0, {}) == {}


@pytest.mark.parametrize(
    ("amount", "cents"), [(Fraction(1, 2), 1), (Fraction(-1, 2), 0), (Fraction(7, 5), 1)]
)
def test_half_a_cent_is_rounded_up(amount, cents):
    assert half_up(amount) == cents
