"""Live sessions with known lifts, drawn from a seed, for the tests of lifts and of change points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shop.streams.lift import Floats, PresentationWindow, SessionCurve, presentation_windows


@dataclass(frozen=True)
class SessionTruth:
    """A curve by bins, its presentations' windows and by which factor each raised the rate."""

    curve: SessionCurve
    windows: list[PresentationWindow]
    factors: list[float]


def viewers_of(rng: np.random.Generator, bins: int, width: float) -> Floats:
    """Viewers of each bin: a slow wave and a random walk."""
    wave = 0.4 * np.sin(np.linspace(0, np.pi * rng.uniform(1, 3), bins))
    walk = np.cumsum(rng.normal(0, 0.04 * np.sqrt(width / 60), bins))
    return np.asarray(rng.uniform(30, 600) * np.exp(wave + walk))


def restless(rng: np.random.Generator, bins: int) -> Floats:
    """A factor of mean 1 that drifts from minute to minute (log-normal, autocorrelated)."""
    memory, spread = rng.uniform(0.3, 0.9), rng.uniform(0.2, 0.6)
    steps = rng.normal(0, spread * np.sqrt(1 - memory**2), bins)
    values = np.zeros(bins)
    for place in range(1, bins):
        values[place] = memory * values[place - 1] + steps[place]
    return np.asarray(np.exp(values - spread**2 / 2))


def draw_session(
    rng: np.random.Generator,
    kind: str,
    *,
    with_lift: bool = True,
    width: float = 60.0,
    per_minute: tuple[float, float] = (0.1, 3.0),
    rate: Floats | None = None,
    factor_range: tuple[float, float] | None = None,
) -> SessionTruth:
    """A session of 90 to 300 minutes with a presentation each 6 to 18 minutes.

    `kind`: "chance" (Poisson counts at a rate per viewer), "restless" (the rate drifts), "bursts" (a few minutes are
    busier for no reason). `rate`: expected counts of each bin to use instead. `factor_range`: draw the factors evenly
    from it.
    """
    bins = int(rng.integers(90, 300) * 60 / width) if rate is None else len(rate)
    times = (np.arange(bins) + 0.5) * width
    if rate is None:
        viewers = viewers_of(rng, bins, width)
        rate = rng.uniform(*per_minute) * width / 60 * viewers / viewers.mean()
        if kind == "restless":
            rate = rate * restless(rng, bins)
        elif kind == "bursts":
            for _ in range(rng.integers(2, 8)):
                first = int(rng.integers(0, bins - 5))
                rate[first : first + int(rng.integers(2, 6))] *= rng.uniform(1.5, 4)
    else:
        viewers = np.ones(bins)
    starts: list[float] = []
    moment = rng.uniform(200, 600)
    while moment < bins * width - 400:
        starts.append(float(np.ceil(moment / width) * width))
        moment += rng.uniform(360, 1080)
    windows = presentation_windows(starts, [None] * len(starts), bins * width)
    factors = [
        float(np.exp(rng.normal(0.5, 0.5))) if with_lift and rng.random() > 0.3 else 1.0 for _ in windows
    ]
    if factor_range:
        factors = [float(rng.uniform(*factor_range)) for _ in windows]
    raised = rate.copy()
    for window, factor in zip(windows, factors, strict=True):
        raised[(times >= window.start) & (times < window.end)] *= factor
    return SessionTruth(SessionCurve(times, rng.poisson(raised).astype(float), viewers), windows, factors)
