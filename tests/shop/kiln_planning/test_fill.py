"""A kiln load: whole pieces that fit, the worthier first, none without demand."""

from fractions import Fraction
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.kiln_planning.fill import LoadCandidate, demand_chance, fill, good_before

ALL = Fraction(1)


def test_the_probability_of_demand_by_hand() -> None:
    assert demand_chance(2.0, 0) == 1
    assert demand_chance(2.0, 1) == pytest.approx(1 - exp(-2))
    assert demand_chance(2.0, 3) == pytest.approx(1 - exp(-2) * (1 + 2 + 2))
    assert demand_chance(0.0, 1) == 0
    assert demand_chance(499.0, 480) == pytest.approx(demand_chance(501.0, 482), abs=0.005)
    assert demand_chance(5_000.0, 4_800) > 0.99 > 0.01 > demand_chance(5_000.0, 5_200)


def test_a_small_kiln_takes_what_brings_most_per_space() -> None:
    cups = LoadCandidate("cup", 10.0, 0, ALL, worth=100, shelf_cm2=100)
    vase = LoadCandidate("vase", 3.0, 0, ALL, worth=900, shelf_cm2=600)
    # a vase brings at most 1.5 a cm2, a cup 1.0: vases first while demand for them is likely
    assert fill([cups, vase], 1_300) == {"vase": 2, "cup": 1}
    assert fill([cups, vase], 600) == {"vase": 1}
    assert fill([cups, vase], 599) == {"cup": 5}
    assert fill([cups, vase], 10_000) == {"vase": 3, "cup": 10}  # no more, though there is capacity


def test_stock_is_deducted_and_expected_losses_are_added() -> None:
    def cups(have: int, good: Fraction) -> int:
        return fill([LoadCandidate("cup", 10.0, have, good, 1, 1)], 10_000).get("cup", 0)

    assert [cups(0, ALL), cups(4, ALL), cups(10, ALL), cups(50, ALL)] == [10, 6, 0, 0]
    assert cups(0, Fraction(4, 5)) == 13  # twelve give nine or ten good ones
    assert cups(0, Fraction(0)) == 0


wishes = st.lists(
    st.builds(
        LoadCandidate,
        st.text("abc", min_size=1, max_size=3),
        st.floats(0, 40),
        st.integers(0, 30),
        st.fractions(0, 1),
        st.integers(0, 500),
        st.integers(0, 900),
    ),
    max_size=8,
    unique_by=lambda wish: wish.key,
)


@given(wishes, st.integers(0, 20_000))
def test_a_load_fits_and_nothing_wanted_is_left_out_that_would_fit(
    some: list[LoadCandidate], capacity: int
) -> None:
    counts = fill(some, capacity)
    used = sum(counts.get(wish.key, 0) * wish.shelf_cm2 for wish in some)
    assert used <= capacity
    assert fill(list(reversed(some)), capacity) == counts
    for wish in some:
        count = counts.get(wish.key, 0)
        if count:
            assert demand_chance(wish.expected, wish.have + good_before(wish, count) + 1) >= 0.5
        if 0 < wish.shelf_cm2 <= capacity - used and wish.good > 0 and count < 1_000:
            more = wish.have + good_before(wish, count + 1) + 1
            assert demand_chance(wish.expected, more) < 0.5
