"""Effort in words: how many sessions and hours, and whether each brought more."""

from __future__ import annotations

from dashboard.i18n.messages import t
from dashboard.text.metrics import change_of, direction
from shop.growth.comparison.per_session import Effort


def sentence(effort: Effort) -> str:
    """Both ranges' sessions, and what one session brought in each; that there are none, if so."""
    now, before = effort.sessions
    if not effort.is_comparable:
        return t("per_session.none", sessions=now, before=before)
    result = effort.per_session["gmv"]
    return t(
        f"per_session.sentence.{direction(result.change)}",
        sessions=now,
        before=before,
        figure=result.now.total,
        base=result.before.total,
        change=result.change,
    )


def per_hour(effort: Effort) -> str:
    """The same by the hour on air; empty where the length of sessions is not known."""
    result = effort.per_hour["gmv"]
    if not effort.is_comparable or result.now.total is None or result.before.total is None:
        return ""
    return t(
        "per_session.hour",
        seconds=effort.seconds[0],
        before=effort.seconds[1],
        figure=result.now.total,
        base=result.before.total,
        change=change_of(result),
    )
