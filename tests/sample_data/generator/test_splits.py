import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sample_data.generator.douyin.discounts import split_by_value
from sample_data.generator.seasonality import spread

prices = st.lists(st.integers(1, 500_000), min_size=1, max_size=6)


@given(prices, st.integers(0, 3_000_000))
def test_a_split_adds_up_and_no_part_is_a_cent_off(values: list[int], total: int) -> None:
    parts = split_by_value(total, np.array(values))
    assert parts.sum() == total
    assert all(abs(p * sum(values) - total * v) < sum(values) for p, v in zip(parts, values, strict=True))


def test_equal_remainders_go_to_the_earlier_line() -> None:
    assert split_by_value(5, np.array([100, 100])).tolist() == [3, 2]


@given(st.integers(0, 10_000_000), st.lists(st.floats(0, 5), min_size=1, max_size=400))
def test_lines_spread_over_days_are_all_there(total: int, weights: list[float]) -> None:
    counts = spread(total, np.array([*weights, 0.5, 0.0]))
    assert counts.sum() == total
    assert counts.min() >= 0
    assert counts[-1] == 0
