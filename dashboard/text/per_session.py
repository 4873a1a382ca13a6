"""Effort in words: how many sessions and hours, and whether each brought more."""

from __future__ import annotations

from dashboard.i18n.messages import t
from dashboard.text.metrics import change_of, direction
from shop.growth.comparison.per_session import Effort


def sentence(effort: Effort) -> str:
    """Both ranges' sessions, and what one session brought in each; that there are none, if so."""
    now, before = effort.sessions
    if not effort.is_comparable:
        return t("effort.none", sessions=now, before=before)
    found = effort.per_session["gmv"]
    return t(
        f"effort.sentence.{direction(found.change)}",
        sessions=now,
        before=before,
        figure=found.now.total,
        base=found.before.total,
        change=found.change,
    )


def per_hour(effort: Effort) -> str:
    """The same by the hour on air; empty where the length of sessions is not known."""
    found = effort.per_hour["gmv"]
    if not effort.is_comparable or found.now.total is None or found.before.total is None:
        return ""
    return t(
        "effort.hour",
        seconds=effort.seconds[0],
        before=effort.seconds[1],
        figure=found.now.total,
        base=found.before.total,
        change=change_of(found),
    )
