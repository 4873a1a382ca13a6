"""Lift of presentations: worked out by hand, and its coverage on generated sessions with known lifts."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from shop.stats.rate_ratio import mid_p, ratio_interval
from shop.streams.lift import (
    Floats,
    PresentationWindow,
    SessionCurve,
    Verdict,
    baseline,
    lift,
    presentation_windows,
)
from tests.support.lift_sessions import draw_session

KINDS = ("chance", "restless", "bursts")


def curve_of(counts: list[int], viewers: float = 10.0) -> SessionCurve:
    """A session of one bin per minute."""
    times = (np.arange(len(counts)) + 0.5) * 60
    return SessionCurve(times, np.array(counts, dtype=float), np.full(len(counts), viewers))


def test_windows_never_overlap_and_end_with_the_session():
    windows = presentation_windows([0, 120, 700], [None, 1000.0, None], 800, length=300)
    assert windows == [PresentationWindow(0, 120), PresentationWindow(120, 420), PresentationWindow(700, 800)]


def test_a_presentation_that_is_taken_down_early_ends_there():
    assert presentation_windows([60], [90.0], 800, length=300) == [PresentationWindow(60, 90)]


def test_lift_against_an_even_baseline():
    counts = [2] * 20 + [6] * 5 + [2] * 20
    window = PresentationWindow(1200, 1500)
    result = lift(curve_of(counts), window, baseline(curve_of(counts).times, [window]))
    assert (result.count, result.expected, result.lift) == (30, pytest.approx(10), pytest.approx(2))
    assert result.verdict == Verdict.MORE and result.low is not None and result.low > 0


def test_twice_the_viewers_explain_twice_the_orders():
    counts = [2] * 20 + [4] * 5 + [2] * 20
    curve = curve_of(counts)
    curve.exposure[20:25] *= 2
    window = PresentationWindow(1200, 1500)
    result = lift(curve, window, baseline(curve.times, [window]))
    assert result.lift == pytest.approx(0) and result.verdict == Verdict.UNCLEAR


def test_a_session_without_orders_has_too_little_data():
    curve = curve_of([0] * 60)
    window = PresentationWindow(600, 900)
    result = lift(curve, window, baseline(curve.times, [window]))
    assert (result.count, result.expected, result.verdict) == (0, None, Verdict.TOO_LITTLE_DATA)


def test_presentations_without_a_pause_leave_no_baseline():
    curve = curve_of([3] * 30)
    windows = presentation_windows([0, 300, 600, 900, 1200, 1500], [None] * 6, 1800)
    result = lift(curve, windows[2], baseline(curve.times, windows))
    assert result.verdict == Verdict.TOO_LITTLE_DATA


def test_interval_without_extra_variance_is_the_poisson_one():
    low, high = ratio_interval(10, 10.0, 1e-6)
    assert mid_p(10, 10 * low, 1e-6) == pytest.approx(0.95, abs=1e-3)
    assert mid_p(10, 10 * high, 1e-6) == pytest.approx(0.05, abs=1e-3)


@pytest.mark.parametrize("sessions", [45, pytest.param(500, marks=pytest.mark.proof)])
def test_nine_in_ten_intervals_cover_the_known_lift(sessions: int):
    """Over sessions of all kinds, at full size in each kind alone; without lift at most one in ten is flagged."""
    rng = np.random.default_rng(20261129)
    covered: dict[tuple[str, bool], list[bool]] = {}
    flagged: list[bool] = []
    for number in range(sessions):
        with_lift, kind = number % 2 == 0, KINDS[number % 3]
        session = draw_session(rng, kind, with_lift=with_lift)
        free = baseline(session.curve.times, session.windows)
        for window, factor in zip(session.windows, session.factors, strict=True):
            result = lift(session.curve, window, free)
            if result.low is None or result.high is None:
                continue
            covered.setdefault((kind, with_lift), []).append(result.low <= factor - 1 <= result.high)
            if not with_lift:
                flagged.append(result.verdict in (Verdict.MORE, Verdict.LESS))
    shares = {key: float(np.mean(values)) for key, values in covered.items()}
    print(f"covered {shares}, flagged {np.mean(flagged):.3f}")
    assert 0.86 <= np.mean([one for values in covered.values() for one in values]) <= 0.94
    assert sessions < 500 or all(0.86 <= share <= 0.94 for share in shares.values())
    assert np.mean(flagged) <= 0.10


@pytest.mark.proof
@pytest.mark.skipif("REAL_DANMAKU" not in os.environ, reason="REAL_DANMAKU names no folder of recordings")
def test_intervals_cover_lifts_that_were_put_into_real_streams_of_comments():
    """The comments of each minute of CSV recordings of an hour and more; in windows they are made more or fewer."""
    rng = np.random.default_rng(11)
    covered: list[bool] = []
    flagged: list[bool] = []
    for path in sorted(Path(os.environ["REAL_DANMAKU"]).glob("*.csv")):
        minutes = comments_per_minute(path)
        for trial in range(40 if len(minutes) >= 60 else 0):
            drawn = draw_session(rng, "chance", with_lift=trial % 2 == 0, rate=minutes)
            counts = minutes.copy()
            for window, factor in zip(drawn.windows, drawn.factors, strict=True):
                inside = (drawn.curve.times >= window.start) & (drawn.curve.times < window.end)
                own = counts[inside].astype(int)
                counts[inside] = rng.binomial(own, min(factor, 1.0)) + rng.poisson(max(factor - 1, 0.0) * own)
            curve = SessionCurve(drawn.curve.times, counts, np.ones(len(counts)))
            free = baseline(curve.times, drawn.windows)
            for window, factor in zip(drawn.windows, drawn.factors, strict=True):
                result = lift(curve, window, free)
                if result.low is None or result.high is None:
                    continue
                covered.append(result.low <= factor - 1 <= result.high)
                if trial % 2:
                    flagged.append(result.verdict in (Verdict.MORE, Verdict.LESS))
    print(f"{len(covered)} intervals: covered {np.mean(covered):.3f}, flagged {np.mean(flagged):.3f}")
    assert 0.86 <= np.mean(covered) <= 0.94
    assert np.mean(flagged) <= 0.10


def comments_per_minute(path: Path) -> Floats:
    """Comments of each whole minute of a recording: its seconds, or its moments since the first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if "出现时间" in rows[0]:
        seconds = [float(row["出现时间"]) for row in rows]
    elif "published_at" in rows[0]:
        seconds = [datetime.fromisoformat(row["published_at"]).timestamp() for row in rows]
    else:
        return np.zeros(0)
    bins = (np.array(seconds) - min(seconds)) // 60
    return np.bincount(bins.astype(int))[:-1].astype(float)
