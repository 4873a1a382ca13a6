"""What lies ahead in words: the end of the month, the next weeks, how forecasts did, and the goals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import comparison, metrics
from shop.core.periods import Period
from shop.growth.forecasting.forecast import Forecast, Projection
from shop.growth.forecasting.goals import GoalProgress, Past
from shop.metrics.query import unit_of


def _write(metric: str) -> Callable[[Any], str]:
    return format.by_unit(unit_of(metric))


def no_forecast(result: Forecast) -> str:
    """Why there is no forecast; empty where there is one."""
    if not result.why:
        return ""
    return t(f"forecast.none.{result.why}", days=result.history_days, least=result.least_days)


def month(result: Projection) -> str:
    """Where the month ends, in one sentence; for a month that is over what came."""
    write = _write(result.metric)
    fields = {
        "metric": metrics.label_of(result.metric),
        "month": result.month.start.isoformat()[:7],
        "so_far": write(result.so_far),
    }
    if result.expected is None:
        return t("forecast.month.unknown", **fields, why=no_forecast(result.forecast))
    if result.is_over:
        return t("forecast.month.over", **fields)
    return t(
        "forecast.month.expected",
        **fields,
        expected=write(result.expected),
        low=write(result.low),
        high=write(result.high),
        naive=write(result.naive),
    )


def weeks(result: Forecast) -> str:
    """What the next weeks bring, in one sentence."""
    if not result.days:
        return no_forecast(result)
    write = _write(result.metric)
    return t(
        "forecast.weeks",
        metric=metrics.label_of(result.metric),
        range=Period(result.days[0].on, result.days[-1].on),
        expected=write(result.expected),
        low=write(result.low),
        high=write(result.high),
        naive=write(result.naive),
    )


def trials(result: Forecast) -> str:
    """How such forecasts did so far, next to the plainest one; empty where none could be tried."""
    if result.trials is None:
        return ""
    did = result.trials
    better = did.error < did.naive_error
    return t(
        "forecast.trials.better" if better else "forecast.trials.worse",
        origins=did.origins,
        error=did.error,
        naive=did.naive_error,
        covered=did.covered,
    )


def cautions(result: Forecast) -> str:
    """What the forecast cannot know: occasions never seen before, days that no file covers."""
    report = []
    if result.unseen:
        names = t("forecast.and").join(comparison.occasion(name) for name in result.unseen)
        report.append(t("forecast.unseen", names=names))
    if result.missing_days and not result.why:
        report.append(t("forecast.missing", days=result.missing_days))
    return " ".join(report)


def goal(result: GoalProgress) -> str:
    """A goal and its pace in one sentence."""
    metric = result.goal.metric
    write = _write(metric)
    return t(
        f"forecast.goal.{result.outlook}",
        metric=metrics.label_of(metric),
        month=result.goal.month.isoformat()[:7],
        target=write(result.goal.target),
        so_far=write(result.so_far),
        share=result.share,
        left=write(result.left),
        days=result.days_left,
        needed=write(result.needed),
        usual=write(result.usual),
        expected=write(result.projection.expected),
    )


def goal_name(result: GoalProgress) -> str:
    """A goal by its figure and amount."""
    metric = result.goal.metric
    return f"{metrics.label_of(metric)} {_write(metric)(result.goal.target)}"


def past_goal(result: Past) -> str:
    """A goal of a month that is over."""
    write = _write(result.goal.metric)
    return t(
        "forecast.past.reached" if result.is_reached else "forecast.past.missed",
        metric=metrics.label_of(result.goal.metric),
        month=result.goal.month.isoformat()[:7],
        target=write(result.goal.target),
        total=write(result.total),
    )
