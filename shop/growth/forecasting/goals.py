"""Goals of a month and the pace towards them: what came, what each day left has to bring, and whether
the projection reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.forecasting.forecast import Projection, project
from shop.metrics.query import Query, total
from shop.metrics.settings import shop_settings

METRICS = ("gmv", "net_sales", "orders", "units")
MOST = 10**15
Outlook = Literal["reached", "missed", "sure", "likely", "behind", "out_of_reach", "unknown"]


class BadGoal(ShopError):
    """A goal that is no positive whole number, or of a figure that goals are not set for."""

    message = "A goal is a whole number above zero, for one of: {known}."


class UnknownGoal(ShopError):
    """No goal is set for this month and figure."""

    message = "No goal is set for {metric} in {month}."


@dataclass(frozen=True)
class SalesGoal:
    """One goal: so much of a metric, in its own unit (money in cents), within a month."""

    month: date
    metric: str
    currency: str
    target: int
    set_at: datetime
    set_by: str

    @property
    def period(self) -> Period:
        """The days of its month."""
        return Period(self.month, _next(self.month) - timedelta(days=1))


@dataclass(frozen=True)
class GoalProgress:
    """A goal with what came and what is expected; on track by the projection, not by the calendar.

    `days_left` counts the running day. `needed` is what each of them has to bring (None when none is
    left), `usual` what is expected of each (None without a forecast). `outlook`: reached,
    missed (the month is over), sure (even the low end of the band reaches it), likely, behind,
    out_of_reach (not even the high end), unknown (no forecast).
    """

    goal: SalesGoal
    projection: Projection
    so_far: int
    days_left: int
    needed: int | None
    usual: int | None
    outlook: Outlook

    @property
    def left(self) -> int:
        """What is still to come."""
        return max(self.goal.target - self.so_far, 0)

    @property
    def share(self) -> float:
        """How much of the goal is there."""
        return self.so_far / self.goal.target

    @property
    def is_on_track(self) -> bool | None:
        """Whether the projection reaches the goal; None without a forecast."""
        expected = self.projection.expected
        return None if expected is None else expected >= self.goal.target


@dataclass(frozen=True)
class Past:
    """A goal of a month that is over, and what came."""

    goal: SalesGoal
    total: int

    @property
    def is_reached(self) -> bool:
        """Whether it was reached."""
        return self.total >= self.goal.target


def goals(db: Database, shop: int = 1) -> tuple[SalesGoal, ...]:
    """Every goal that is set, the latest month first."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT month, metric, currency, target, set_at, set_by FROM goal "
                "WHERE shop_id = :shop ORDER BY month DESC, metric, currency"
            ),
            {"shop": shop},
        ).fetchall()
    return tuple(_goal(row) for row in rows)


def _goal(row: Row[Any]) -> SalesGoal:
    at = datetime.fromtimestamp(row.set_at, UTC)
    return SalesGoal(date.fromisoformat(row.month), row.metric, row.currency, row.target, at, row.set_by)


def pace(
    db: Database, query: Query, on: date, *, is_running: bool = False, known: tuple[Projection, ...] = ()
) -> tuple[GoalProgress, ...]:
    """The goals of the month of a day, each with its pace. `is_running`: this day is not over yet.

    `query` brings the shop; a goal is for the whole shop, in its own currency. `known` are
    projections of the whole shop as of this day that need not be computed again.
    """
    month = on.replace(day=1)
    return tuple(
        _pace(db, query, goal, on, is_running, known) for goal in goals(db, query.shop) if goal.month == month
    )


def _pace(
    db: Database, query: Query, goal: SalesGoal, on: date, is_running: bool, known: tuple[Projection, ...]
) -> GoalProgress:
    request = replace(query, metrics=(goal.metric,), by=(), where=(), currency=goal.currency, cut_at=None)
    computed = next(
        (item for item in known if (item.metric, item.currency) == (goal.metric, goal.currency)), None
    ) or project(db, request, on, is_running=is_running)
    days_left = (computed.month.end - on).days + is_running
    left = max(goal.target - computed.so_far, 0)
    still = None if computed.expected is None else max(computed.expected - computed.so_far, 0)
    return GoalProgress(
        goal,
        computed,
        computed.so_far,
        days_left,
        -(-left // days_left) if days_left else None,
        None if still is None or not days_left else still // days_left,
        _outlook(goal.target, computed, days_left),
    )


def _outlook(target: int, computed: Projection, days_left: int) -> Outlook:
    if computed.so_far >= target:
        return "reached"
    if not days_left:
        return "missed"
    if computed.expected is None or computed.low is None or computed.high is None:
        return "unknown"
    if computed.low >= target:
        return "sure"
    if computed.expected >= target:
        return "likely"
    return "behind" if computed.high >= target else "out_of_reach"


def past(db: Database, query: Query, on: date) -> tuple[Past, ...]:
    """The goals of the months before the one of a day, and what came, the latest first."""
    return tuple(
        Past(goal, _total(db, query, goal))
        for goal in goals(db, query.shop)
        if goal.month < on.replace(day=1)
    )


def _total(db: Database, query: Query, goal: SalesGoal) -> int:
    days = goal.period
    request = replace(
        query,
        metrics=(goal.metric,),
        start=days.start,
        end=days.end,
        by=(),
        where=(),
        currency=goal.currency,
        cut_at=None,
    )
    return int(total(db, request)[goal.metric] or 0)


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


# --- commands ---------------------------------------------------------------------------------------


def set_goal(
    db: Database,
    month: date,
    metric: str,
    target: int,
    *,
    actor: Actor,
    currency: str | None = None,
    shop: int = 1,
) -> SalesGoal:
    """Set the goal of a month (any day of it), over an earlier one; money in cents.

    Raises NotAllowed, BadGoal.
    """
    require(actor, "set_goals")
    if metric not in METRICS or not 0 < target <= MOST:
        raise BadGoal(known=", ".join(METRICS))
    now = datetime.now(UTC).replace(microsecond=0)
    with db.write() as connection:
        key = _key(connection, month, metric, currency, shop)
        values = {"target": target, "set_at": int(now.timestamp()), "set_by": actor.name}
        edits = Edits(connection, shop)
        edits.put("goal", key, values)
        log_action(connection, actor, "goal.set", _subject(key), undo=edits.undo, shop_id=shop)
    return SalesGoal(month.replace(day=1), metric, key["currency"], target, now, actor.name)


def clear_goal(
    db: Database, month: date, metric: str, *, actor: Actor, currency: str | None = None, shop: int = 1
) -> None:
    """Take a goal back; raises NotAllowed, UnknownGoal."""
    require(actor, "set_goals")
    with db.write() as connection:
        key = _key(connection, month, metric, currency, shop)
        edits = Edits(connection, shop)
        if not edits.delete("goal", key):
            raise UnknownGoal(metric=metric, month=key["month"][:7])
        log_action(connection, actor, "goal.clear", _subject(key), undo=edits.undo, shop_id=shop)


def _key(connection: Connection, month: date, metric: str, currency: str | None, shop: int) -> dict[str, str]:
    return {
        "month": month.replace(day=1).isoformat(),
        "metric": metric,
        "currency": currency or shop_settings(connection, shop).currency,
    }


def _subject(key: dict[str, str]) -> str:
    return f"{key['metric']} {key['month'][:7]} {key['currency']}"
