"""What lies ahead in words: the end of the month, the next weeks, how forecasts did, and the goals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import comparison, metrics
from shop.core.periods import Period
from shop.growth.forecasting.forecast import Forecast, Projection
from shop.growth.forecasting.goals import Pace, Past
from shop.metrics.query import unit_of


def _write(metric: str) -> Callable[[Any], str]:
    return format.by_unit(unit_of(metric))


def no_forecast(found: Forecast) -> str:
    """Why there is no forecast; empty where there is one."""
    if not found.why:
        return ""
    return t(f"ahead.none.{found.why}", days=found.history_days, least=found.least_days)


def month(found: Projection) -> str:
    """Where the month ends, in one sentence; for a month that is over what came."""
    write = _write(found.metric)
    fields = {
        "metric": metrics.label_of(found.metric),
        "month": found.month.start.isoformat()[:7],
        "so_far": write(found.so_far),
    }
    if found.expected is None:
        return t("ahead.month.unknown", **fields, why=no_forecast(found.forecast))
    if found.is_over:
        return t("ahead.month.over", **fields)
    return t(
        "ahead.month.expected",
        **fields,
        expected=write(found.expected),
        low=write(found.low),
        high=write(found.high),
        naive=write(found.naive),
    )


def weeks(found: Forecast) -> str:
    """What the next weeks bring, in one sentence."""
    if not found.days:
        return no_forecast(found)
    write = _write(found.metric)
    return t(
        "ahead.weeks",
        metric=metrics.label_of(found.metric),
        range=Period(found.days[0].on, found.days[-1].on),
        expected=write(found.expected),
        low=write(found.low),
        high=write(found.high),
        naive=write(found.naive),
    )


def trials(found: Forecast) -> str:
    """How such forecasts did so far, beside the plainest one; empty where none could be tried."""
    if found.trials is None:
        return ""
    did = found.trials
    better = did.error < did.naive_error
    return t(
        "ahead.trials.better" if better else "ahead.trials.worse",
        origins=did.origins,
        error=did.error,
        naive=did.naive_error,
        covered=did.covered,
    )


def cautions(found: Forecast) -> str:
    """What the forecast cannot know: occasions never seen before, days that no file covers."""
    told = []
    if found.unseen:
        names = t("ahead.and").join(comparison.occasion(name) for name in found.unseen)
        told.append(t("ahead.unseen", names=names))
    if found.missing_days and not found.why:
        told.append(t("ahead.missing", days=found.missing_days))
    return " ".join(told)


def goal(found: Pace) -> str:
    """A goal and its pace in one sentence."""
    metric = found.goal.metric
    write = _write(metric)
    return t(
        f"ahead.goal.{found.outlook}",
        metric=metrics.label_of(metric),
        month=found.goal.month.isoformat()[:7],
        target=write(found.goal.target),
        so_far=write(found.so_far),
        share=found.share,
        left=write(found.left),
        days=found.days_left,
        needed=write(found.needed),
        usual=write(found.usual),
        expected=write(found.projection.expected),
    )


def goal_name(found: Pace) -> str:
    """A goal by its figure and amount."""
    metric = found.goal.metric
    return f"{metrics.label_of(metric)} {_write(metric)(found.goal.target)}"


def past_goal(found: Past) -> str:
    """A goal of a month that is over."""
    write = _write(found.goal.metric)
    return t(
        "ahead.past.reached" if found.is_reached else "ahead.past.missed",
        metric=metrics.label_of(found.goal.metric),
        month=found.goal.month.isoformat()[:7],
        target=write(found.goal.target),
        total=write(found.total),
    )
