"""Time to sell: Kaplan and Meier by hand, and against a table that textbooks print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.stats.proportions import Rate, wilson
from shop.stats.survival import curve


def test_four_bowls_by_hand() -> None:
    # sold after 3 and 8 days; one broke after 5 days; one is there since 10 days
    result = curve([(3, True), (5, False), (8, True), (10, False)])
    assert [(p.day, p.on_offer, p.sold) for p in result.points] == [(3, 4, 1), (8, 2, 1)]
    assert [p.unsold for p in result.points] == pytest.approx([3 / 4, 3 / 8])
    assert result.censored == (5, 10)
    assert (result.pieces, result.sold, result.median) == (4, 2, 8)


def test_what_is_unsold_is_not_left_out() -> None:
    sold_only = curve([(2, True), (4, True)])
    with_unsold = curve([(2, True), (4, True), (90, False), (90, False), (90, False)])
    assert sold_only.median == 2
    assert with_unsold.median is None
    assert with_unsold.unsold_after(100) == pytest.approx(3 / 5)
    assert with_unsold.last_day == 90


def test_the_curve_of_freireich_as_every_textbook_prints_it() -> None:
    """Weeks in remission under 6-MP (Freireich 1963), + for those still in it; S(t) and its error.

    Kleinbaum and Klein, Survival Analysis, table 2.2: 0.857 (0.076), 0.807, 0.753, 0.690, 0.627,
    0.538, 0.448 (0.135); median 23.
    """
    weeks = [(week, True) for week in (6, 6, 6, 7, 10, 13, 16, 22, 23)]
    weeks += [(week, False) for week in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
    result = curve(weeks)
    assert [round(p.unsold, 3) for p in result.points] == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert [p.on_offer for p in result.points] == [21, 17, 15, 12, 11, 7, 6]
    assert result.median == 23
    assert result.median_high is None  # the band stays above one half
    assert result.points[0].low < 0.857 < result.points[0].high


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=60))
def test_the_share_unsold_falls_within_its_band(times: list[tuple[int, bool]]) -> None:
    result = curve(times)
    unsold = [1.0, *(p.unsold for p in result.points)]
    assert unsold == sorted(unsold, reverse=True)
    assert all(0 <= p.low <= p.unsold + 1e-9 and p.unsold <= p.high + 1e-9 <= 1 + 2e-9 for p in result.points)
    assert result.sold + len(result.censored) == result.pieces
    if times and not result.censored:  # all sold: the plain share of those not yet sold
        for point in result.points:
            later = sum(days > point.day for days, _ in times)
            assert point.unsold == pytest.approx(later / len(times), abs=1e-9)
    if result.median is not None and result.median_low is not None:
        assert result.median_low <= result.median


def test_wilson_of_few_pieces_is_wide_and_stays_within_0_and_1() -> None:
    # Newcombe (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29 at 95 %
    for (over, under), interval in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson(over, under, 1.959964) == pytest.approx(interval, abs=5e-5)
    assert Rate(0, 0).share is None
    assert Rate(0, 0).interval is None
    assert Rate(3, 3).interval == pytest.approx((3 / (3 + 1.6448536269514722**2), 1.0))
