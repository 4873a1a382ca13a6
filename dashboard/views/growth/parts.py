"""The parts of the growth page, in the order of their control."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.reports.growth_story import GrowthStory
from dashboard.ui.filters import View
from dashboard.views.growth import (
    campaigns,
    days,
    families,
    forecast,
    gross_to_net,
    hours_and_cohorts,
    months,
    overview,
    payouts,
    reconciliation,
    segments,
    week,
)

OWNERS = {"payouts"}  # parts that only a role that sees margins is offered
PARTS: dict[str, Callable[[View, GrowthStory], None]] = {
    "overview": overview.show,
    "months": months.show,
    "week": lambda view, _: week.show(view),
    "split": segments.show,
    "ladder": lambda view, report: gross_to_net.show(view, report.pair.now),
    "payouts": lambda view, _: payouts.show(view),
    "ahead": lambda view, report: forecast.show(view, report.metric),
    "hours": lambda view, report: hours_and_cohorts.show_hours(view, report.pair.now, report.metric),
    "days": days.show_calendar,
    "buyers": lambda view, _: hours_and_cohorts.show_cohorts(view),
    "families": families.show,
    "check": lambda view, _: reconciliation.show(view),
    "campaigns": lambda view, _: campaigns.show(view),
}
