"""Change points of a session's curve: rises are detected near true marks, an even session has none."""

from __future__ import annotations

import numpy as np
import pytest

from shop.streams.change_points import change_points
from shop.streams.lift import SessionCurve
from tests.support.lift_sessions import draw_session

TOLERANCE = 60.0
KINDS = ("chance", "restless")


def test_one_rise_is_detected_where_it_begins():
    times = (np.arange(360) + 0.5) * 10
    counts = np.where((times >= 1800) & (times < 2100), 6.0, 1.0)
    points = change_points(SessionCurve(times, counts, np.ones(360)))
    assert len(points) == 1 and abs(points[0] - 1800) <= 10


def test_viewers_who_come_explain_a_rise():
    times = (np.arange(360) + 0.5) * 10
    viewers = np.where(times >= 1800, 60.0, 10.0)
    assert change_points(SessionCurve(times, viewers / 10, viewers)) == []


@pytest.mark.parametrize("counts", [[], [0.0] * 30, [5.0]])
def test_no_curve_has_no_change_point(counts: list[float]):
    times = (np.arange(len(counts)) + 0.5) * 10
    assert change_points(SessionCurve(times, np.array(counts), np.ones(len(counts)))) == []


@pytest.mark.parametrize("sessions", [20, pytest.param(300, marks=pytest.mark.proof)])
def test_change_points_find_true_marks(sessions: int):
    """F1 within 60 s where a mark makes the audience 1.6 to 4 times as busy, 6 to 20 remarks or orders a minute."""
    rng = np.random.default_rng(7)
    hits = detected = true = 0
    for number in range(sessions):
        session = draw_session(
            rng, KINDS[number % 2], width=10.0, per_minute=(6.0, 20.0), factor_range=(1.6, 4.0)
        )
        points = change_points(session.curve)
        starts = [window.start for window in session.windows]
        left = list(points)
        for start in starts:
            near = [point for point in left if abs(point - start) <= TOLERANCE]
            if near:
                left.remove(min(near, key=lambda point: abs(point - start)))
                hits += 1
        detected, true = detected + len(points), true + len(starts)
    print(f"precision {hits / detected:.2f}, recall {hits / true:.2f}, F1 {2 * hits / (detected + true):.2f}")
    assert 2 * hits / (detected + true) >= 0.70
