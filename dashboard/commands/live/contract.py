"""What `kilnboard live` and `kilnboard video` print with --json: money in cents, moments on the shop's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.commands.live.session import table_rows

if TYPE_CHECKING:
    from shop.db.database import Database
    from shop.metrics.stream_rollups import Sum
    from shop.streams.session import SessionRecord
    from shop.streams.sums import SessionSums
    from shop.streams.videos import VideoRecord

SUM_OF_BASIS = {"stated": "stated", "room": "by_room", "time": "by_time"}


def session_content(db: Database, session: SessionRecord) -> dict[str, Any]:
    """One session whole."""
    from shop.streams.funnel import funnels
    from shop.streams.minutes import session_minutes, session_products
    from shop.streams.spend import session_spend
    from shop.streams.sums import session_sums

    sums = session_sums(db, session)
    curve = session_minutes(db, session, sums)
    known = int(curve.table[list(curve.sources)].notna().any(axis=1).sum()) if curve.sources else 0
    spend = session_spend(db, session, sums.headline.gmv_cents)
    return {
        **_head(session),
        "figures": session.figures,
        "funnel": {
            basis: [
                {
                    "name": step.name,
                    "figure": step.figure,
                    "count": step.count,
                    "base": step.base,
                    "rate": None if step.rate is None else float(step.rate),
                }
                for step in funnel.steps
            ]
            for basis, funnel in funnels(session).items()
        },
        **_sums(sums),
        "minutes": known,
        "minute_sources": curve.sources,
        "products": table_rows(session_products(db, session, sums).rename(columns={"gmv_cents": "gmv"})),
        "spend": spend
        and {
            "amount": spend.amount_cents,
            "currency": spend.currency,
            "source": spend.source,
            "roi": None if spend.roi is None else float(spend.roi),
        },
        "replay": session.replay_url,
    }


def _head(session: SessionRecord) -> dict[str, Any]:
    return {
        "session": session.session_id,
        "platform": session.platform,
        "title": session.title,
        "host": session.host,
        "started": f"{session.local(session.started_at):%Y-%m-%d %H:%M:%S}",
        "seconds": session.seconds,
        "currency": session.currency,
        "is_running": session.is_running,
        "is_inferred": session.is_inferred,
    }


def _sums(sums: SessionSums) -> dict[str, Any]:
    matched = sums.matched
    return {
        "sums": {
            "stated": sum_content(sums.stated),
            "by_room": sum_content(sums.by_room),
            "by_time": sum_content(sums.by_time),
        },
        "by_minute": sum_content(sums.by_minute),
        "minute_difference": sums.minute_difference,
        "basis": sums.basis,
        "matched": None if matched is None else {"orders": matched[0], "stated": matched[1]},
        "grades": {grade: sum_content(of_grade) for grade, of_grade in sums.grades.items()},
    }


def sum_content(sums: Sum | None) -> dict[str, int | None] | None:
    """One sum: orders, units, gmv in cents."""
    return None if sums is None else {"orders": sums.orders, "units": sums.units, "gmv": sums.gmv_cents}


def figures_content(db: Database, session: SessionRecord) -> dict[str, Any]:
    """The figures in a comparison of sessions."""
    from shop.streams.reviews import session_figures

    names = ("session", "platform", "title", "host", "started", "seconds")
    head = _head(session)
    return {name: head[name] for name in names} | session_figures(db, session)


def lifts_content(db: Database, session: SessionRecord, by: Any, *, suggest: bool) -> dict[str, Any]:
    """The presentations of a session with their lifts; with `suggest` the moments offered as marks."""
    from shop.streams.lifts import item_lifts, presentation_lifts, suggested_marks
    from shop.streams.minutes import session_minutes

    curve = session_minutes(db, session)
    lifts = presentation_lifts(db, session, measure=by, minutes=curve)
    content: dict[str, Any] = {
        "session": session.session_id,
        "platform": session.platform,
        "measure": by,
        "presentations": [
            {
                "mark": one.mark.mark_id,
                "at": f"{session.local(one.mark.marked_at):%Y-%m-%d %H:%M:%S}",
                "kind": one.mark.kind,
                "item": one.mark.item,
                "sku": one.mark.sku,
                "first_second": one.window.start,
                "last_second": one.window.end,
                "orders": one.orders,
                "gmv": one.gmv_cents,
                "count": one.result.count,
                "expected": one.result.expected,
                "lift": one.result.lift,
                "low": one.result.low,
                "high": one.result.high,
                "verdict": one.result.verdict.value,
            }
            for one in lifts
        ],
        "items": [vars(item) | {"lift": item.lift} for item in item_lifts(lifts)],
    }
    if suggest:
        content["suggested"] = [
            {
                "mark": mark.mark_id,
                "at": f"{session.local(mark.marked_at):%Y-%m-%d %H:%M:%S}",
                "second": mark.marked_at - session.started_at,
                "measure": measure,
            }
            for mark, measure in suggested_marks(db, session, minutes=curve)
        ]
    return content


def video_content(db: Database, video: VideoRecord) -> dict[str, Any]:
    """One video whole."""
    from shop.streams.videos import filled_sessions, video_days, video_sales

    sales = video_sales(db, video)
    return {
        "video": video.video_id,
        "platform": video.platform,
        "title": video.title,
        "creator": video.creator,
        "published": video.published_on and video.published_on.isoformat(),
        "figures": video.figures,
        "currency": sales.currency,
        "grades": {grade: sum_content(sums) for grade, sums in sales.grades.items()},
        "stated": sum_content(sales.stated),
        "days": table_rows(
            video_days(db, video).rename(
                columns={"gmv_cents": "gmv", "attributed_gmv_cents": "attributed_gmv"}
            )
        ),
        "sessions": [row[0] for row in filled_sessions(db, video)],
    }


def review_content(db: Database, session: SessionRecord) -> dict[str, Any]:
    """The review of a session with its facts and what came of the last action."""
    from shop.streams.lifts import presentation_lifts
    from shop.streams.reviews import facts, last_action, review

    typed, last = review(db, session), last_action(db, session)
    rows = []
    for fact in facts(db, session, presentation_lifts(db, session)):
        row: dict[str, Any] = {"kind": fact.kind}
        if fact.rank is not None:
            row |= {name: getattr(fact.rank, name) for name in ("value", "median", "percentile", "others")}
        if fact.lift is not None:
            result = fact.lift.result
            row |= {"item": fact.lift.mark.item, "lift": result.lift, "low": result.low, "high": result.high}
        rows.append(row)
    return {
        **_head(session),
        "goal": typed.goal_metric and {"metric": typed.goal_metric, "target": typed.goal_target},
        "facts": rows,
        "notes": typed.notes,
        "action": typed.action,
        "last_action": last
        and {
            "session": last.session_id,
            "action": last.action,
            "outcome": last.outcome,
            "changes": {name: list(pair) for name, pair in last.changes.items()},
        },
    }
