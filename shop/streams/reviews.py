"""The review (复盘) of a session: its goal, three facts drawn from the figures, notes, one action; and what came of
the action of the review before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.stream_rollups import Sum
from shop.streams.lifts import PresentationLift
from shop.streams.pace import FigureRank, figure_ranks
from shop.streams.session import SessionRecord, find_session
from shop.streams.sums import session_sums

Outcome = Literal["done", "partly", "not_done"]
OUTCOMES: tuple[Outcome, ...] = ("done", "partly", "not_done")
GOALS = ("orders", "gmv")
FACTS = 3
_WHERE = "shop_id = :shop AND platform = :platform AND session_id = :session"
COLUMNS = ("goal_metric", "goal_target", "notes", "action", "last_action")
PREVIOUS = """
SELECT r.platform, r.session_id, r.action FROM session_review r JOIN live_session s
  ON s.shop_id = r.shop_id AND s.platform = r.platform AND s.session_id = r.session_id
WHERE r.shop_id = :shop AND r.platform = :platform AND s.started_at < :started AND r.action IS NOT NULL
ORDER BY s.started_at DESC LIMIT 1
"""


class BadReview(ShopError):
    """A part of a review that cannot be: an unknown goal or outcome, a goal below one, a spend below nothing."""

    message = "“{found}” cannot be stored. Expected: {known}."


@dataclass(frozen=True)
class Review:
    """One review as it was typed; the goal in orders or in cents of GMV."""

    goal_metric: str | None = None
    goal_target: int | None = None
    notes: str | None = None
    action: str | None = None
    last_action: str | None = None
    reviewed_at: int | None = None
    reviewed_by: str | None = None

    def reached(self, sums: Sum) -> tuple[int | None, float | None]:
        """What a session brought of its goal (orders, or cents), and the share of the goal; None where unknown."""
        done = sums.orders if self.goal_metric == "orders" else sums.gmv_cents
        return done, None if done is None or not self.goal_target else done / self.goal_target


@dataclass(frozen=True)
class Fact:
    """One fact with its proof. `kind`: best_lift and worst_lift (with `lift`), or a figure of the session among the
    shop's own sessions (`rank`: value, median of the others, percentile).
    """

    kind: str
    rank: FigureRank | None = None
    lift: PresentationLift | None = None


@dataclass(frozen=True)
class LastAction:
    """The action of the review before, what came of it, and the figures of both sessions (name: before, now)."""

    session_id: str
    action: str
    outcome: str | None
    changes: dict[str, tuple[float | None, float | None]]


def review(db: Database, session: SessionRecord) -> Review:
    """The review of a session; empty where none was typed."""
    sql = f"SELECT {', '.join(COLUMNS)}, reviewed_at, reviewed_by FROM session_review WHERE {_WHERE}"
    with db.read() as connection:
        row = connection.execute(text(sql), _key(session)).mappings().first()
    return Review(**row) if row else Review()


def save_review(db: Database, session: SessionRecord, wanted: Review, *, actor: Actor) -> int | None:
    """Store a review; the number under which that is undone, None where nothing changed. Raises BadReview."""
    require(actor, "edit_live")
    if wanted.goal_metric is not None and wanted.goal_metric not in GOALS:
        raise BadReview(found=wanted.goal_metric, known=", ".join(GOALS))
    if wanted.goal_target is not None and wanted.goal_target < 1:
        raise BadReview(found=wanted.goal_target, known="1 …")
    if wanted.last_action is not None and wanted.last_action not in OUTCOMES:
        raise BadReview(found=wanted.last_action, known=", ".join(OUTCOMES))
    values = {name: getattr(wanted, name) for name in COLUMNS}
    return _save(db, session, "session_review", values, "live.review", actor, stamped=True)


def save_note(
    db: Database,
    session: SessionRecord,
    *,
    actor: Actor,
    host: str | None = None,
    replay_url: str | None = None,
    spend_cents: int | None = None,
    spend_currency: str | None = None,
) -> int | None:
    """Store host, link of the replay and advertising spend of a session (all of them as given; None clears).

    Returns the number under which that is undone. Raises BadReview for a link that is none, or a negative spend, and
    NotAllowed for another spend than the stored one by a role that sees no costs.
    """
    require(actor, "edit_live")
    if spend_cents != session.spend_cents:
        require(actor, "see_margins")
    if replay_url and not replay_url.startswith(("https://", "http://")):
        raise BadReview(found=replay_url, known="https://…")
    if spend_cents is not None and spend_cents < 0:
        raise BadReview(found=spend_cents, known="0 …")
    values = {
        "host": (host or "").strip() or None,
        "replay_url": replay_url or None,
        "spend_cents": spend_cents,
        "spend_currency": (spend_currency or session.currency) if spend_cents is not None else None,
    }
    return _save(db, session, "session_note", values, "live.note", actor)


def _save(
    db: Database,
    session: SessionRecord,
    table: str,
    values: dict[str, Any],
    action: str,
    actor: Actor,
    *,
    stamped: bool = False,
) -> int | None:
    key = {"platform": session.platform, "session_id": session.session_id}
    stamp = {"reviewed_at": now_seconds(), "reviewed_by": actor.name} if stamped else {}
    with db.write() as connection:
        edits = Edits(connection, session.shop_id)
        if edits.read(table, key, tuple(values)) == values:
            return None
        edits.put(table, key, values | stamp)
        return log_action(
            connection, actor, action, session.session_id, undo=edits.undo, shop_id=session.shop_id
        )


def facts(db: Database, session: SessionRecord, lifts: list[PresentationLift]) -> list[Fact]:
    """Three facts of a session with their proof: the presentations that brought clearly more or less, then the figures
    that differ most from the shop's own sessions; fewer where less is known.
    """
    clear = [one for one in lifts if one.result.lift is not None and one.result.verdict in ("more", "less")]
    clear.sort(key=lambda one: -(one.result.lift or 0))
    result = []
    if clear and clear[0].result.verdict == "more":
        result.append(Fact("best_lift", lift=clear[0]))
    if clear and clear[-1].result.verdict == "less":
        result.append(Fact("worst_lift", lift=clear[-1]))
    ranked = sorted(figure_ranks(db, session), key=lambda item: -abs(item.percentile - 50))
    result += [Fact(item.name, rank=item) for item in ranked]
    return result[:FACTS]


def last_action(db: Database, session: SessionRecord) -> LastAction | None:
    """The action that the review of an earlier session of the platform set, and what changed since; None without."""
    with db.read() as connection:
        row = connection.execute(text(PREVIOUS), _key(session) | {"started": session.started_at}).first()
    if row is None:
        return None
    before = find_session(db, row.session_id, row.platform, shop=session.shop_id)
    old, new = session_figures(db, before), session_figures(db, session)
    changes = {name: (old[name], new[name]) for name in new}
    return LastAction(row.session_id, row.action, review(db, session).last_action, changes)


def session_figures(db: Database, session: SessionRecord) -> dict[str, float | None]:
    """The figures that reviews compare: orders, gmv (cents), per hour, and rates of the session."""
    sums = session_sums(db, session).headline
    viewers, clickers = session.figures["viewers"], session.figures["product_clickers"]
    return {
        "orders": sums.orders,
        "gmv": sums.gmv_cents,
        "gmv_per_hour": session.per_hour(sums.gmv_cents),
        "viewers": viewers,
        "click_rate": clickers / viewers if clickers is not None and viewers else None,
        "order_rate": sums.orders / viewers if sums.orders is not None and viewers else None,
    }


def _key(session: SessionRecord) -> dict[str, Any]:
    return {"shop": session.shop_id, "platform": session.platform, "session": session.session_id}
