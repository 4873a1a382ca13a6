"""Alerts without alarm fatigue: at most one a day, none that explains itself, and each kind can be
silenced.

What would be worth reporting is determined in `shop.alarming`; here it is decided whether it is reported: the
same kind is not reported again within two weeks.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.alerts.anomalies import AnomalyReason
from shop.growth.alerts.candidates import KINDS, AlertCandidate, candidates

EVERY = "all"
REST_DAYS = 14  # a kind once reported is not reported again for so long
OPEN_DAYS = 7  # an alert that nobody has seen is shown for so long


class UnknownAlert(ShopError):
    """A kind of alert that there is not."""

    message = "There is no alert “{kind}”. Kinds: {known}."


class SilenceInPast(ShopError):
    """A silence that would be over before it begins."""

    message = "Silence needs a last day from today on; {until} is past."


@dataclass(frozen=True)
class SalesAlert:
    """The one thing worth reporting on a shop day: about which days, how much, and how much usually.

    `figure` and `usual` are in the metric's unit (cents or orders); for missing_import `figure` is
    the number of days not read and `name` the kind of file.
    """

    alert_id: int
    on: date
    kind: str
    about: Period
    metric: str | None
    figure: int
    usual: int | None
    name: str | None
    reasons: tuple[AnomalyReason, ...]
    created_at: datetime
    is_seen: bool = False
    is_sent: bool = False


@dataclass(frozen=True)
class AlertSilence:
    """A kind of alert (or `all`) that is not wanted until a day, that day included."""

    kind: str
    until: date
    by: str


def find_alert(db: Database, on: date, *, shop: int = 1) -> SalesAlert | None:
    """Look at the day before and the week up to it, and store the one thing worth reporting, if any.

    However often it is called on a day, there is one alert at most; today's own is returned.
    """
    computed = _of_day(db, on, shop)
    if computed is not None:
        return computed
    result = candidates(db, on, shop)
    if not result:
        return None
    with db.write() as connection:
        resting = _sent_lately(connection, on, shop) | _silent(connection, on, shop)
        chosen = next((item for item in result if not {item.kind, EVERY} & resting), None)
        if chosen is not None:
            _store(connection, chosen, on, shop)
    return _of_day(db, on, shop)


def open_alerts(db: Database, on: date, *, shop: int = 1) -> tuple[SalesAlert, ...]:
    """The alerts of the last week that nobody has seen and that are not silenced, the latest first."""
    values = {"shop": shop, "last": on.isoformat(), "first": (on - timedelta(days=OPEN_DAYS)).isoformat()}
    with db.read() as connection:
        quiet = _silent(connection, on, shop)
        rows = connection.execute(
            text(f"{SELECT} AND day BETWEEN :first AND :last AND seen_at IS NULL ORDER BY day DESC"), values
        ).fetchall()
    return tuple(item for item in map(_alert, rows) if not {item.kind, EVERY} & quiet)


def history(db: Database, *, shop: int = 1, most: int = 100) -> tuple[SalesAlert, ...]:
    """The alerts so far, the latest first, seen or not."""
    with db.read() as connection:
        rows = connection.execute(
            text(f"{SELECT} ORDER BY day DESC LIMIT :most"), {"shop": shop, "most": most}
        ).fetchall()
    return tuple(_alert(row) for row in rows)


# --- commands -------------------------------------------------------------------------------------------


def silence(
    db: Database, kind: str, until: date, *, actor: Actor, today: date | None = None, shop: int = 1
) -> AlertSilence:
    """Hear no more of a kind of alert (or of `all`) until a day, that day included.

    Raises UnknownAlert, SilenceInPast or NotAllowed.
    """
    require(actor, "edit_calendar")
    _check(kind)
    if until < (today or datetime.now(UTC).date()):
        raise SilenceInPast(until=until)
    with db.write() as connection:
        connection.execute(
            text(
                "INSERT INTO silence (shop_id, kind, until_on, made_at, made_by) "
                "VALUES (:shop, :kind, :until, :at, :by) ON CONFLICT (shop_id, kind) DO UPDATE SET "
                "until_on = excluded.until_on, made_at = excluded.made_at, made_by = excluded.made_by"
            ),
            {"shop": shop, "kind": kind, "until": until.isoformat(), "at": _now(), "by": actor.name},
        )
        log_action(connection, actor, "silence_alerts", f"{kind} {until}", shop_id=shop)
    return AlertSilence(kind, until, actor.name)


def unsilence(db: Database, kind: str, *, actor: Actor, shop: int = 1) -> bool:
    """Hear of a kind of alert again; False where it was not silenced. Raises UnknownAlert or NotAllowed."""
    require(actor, "edit_calendar")
    _check(kind)
    with db.write() as connection:
        gone = connection.execute(
            text("DELETE FROM silence WHERE shop_id = :shop AND kind = :kind"), {"shop": shop, "kind": kind}
        )
        if gone.rowcount:
            log_action(connection, actor, "unsilence_alerts", kind, shop_id=shop)
    return bool(gone.rowcount)


def silences(db: Database, on: date, *, shop: int = 1) -> tuple[AlertSilence, ...]:
    """What is silenced on a day, by kind."""
    with db.read() as connection:
        rows = connection.execute(
            text(
                "SELECT kind, until_on, made_by FROM silence WHERE shop_id = :shop "
                "AND until_on >= :on ORDER BY kind"
            ),
            {"shop": shop, "on": on.isoformat()},
        ).fetchall()
    return tuple(AlertSilence(row[0], date.fromisoformat(row[1]), row[2]) for row in rows)


def seen(db: Database, alert_id: int, *, actor: Actor, shop: int = 1) -> bool:
    """Put an alert away: somebody has seen it. False where it was put away before."""
    return _mark(db, "seen_at = :at, seen_by = :by", "seen_at", alert_id, shop, {"by": actor.name})


def sent(db: Database, alert_id: int, *, shop: int = 1) -> bool:
    """Note that an alert left the program, by message or mail; False where it had left before."""
    return _mark(db, "sent_at = :at", "sent_at", alert_id, shop, {})


def _mark(db: Database, sets: str, empty: str, alert_id: int, shop: int, more: dict[str, Any]) -> bool:
    with db.write() as connection:
        changed = connection.execute(
            text(f"UPDATE alert SET {sets} WHERE shop_id = :shop AND alert_id = :id AND {empty} IS NULL"),
            {"shop": shop, "id": alert_id, "at": _now(), **more},
        )
    return bool(changed.rowcount)


# --- the tables --------------------------------------------------------------------------------------

SELECT = """
SELECT alert_id, day, kind, metric, details, made_at, seen_at, sent_at FROM alert
WHERE shop_id = :shop
"""


def _of_day(db: Database, on: date, shop: int) -> SalesAlert | None:
    with db.read() as connection:
        row = connection.execute(
            text(f"{SELECT} AND day = :day"), {"shop": shop, "day": on.isoformat()}
        ).one_or_none()
    return None if row is None else _alert(row)


def _sent_lately(connection: Connection, on: date, shop: int) -> set[str]:
    """The kinds that were reported within the last two weeks."""
    rows = connection.execute(
        text("SELECT DISTINCT kind FROM alert WHERE shop_id = :shop AND day > :since AND day < :on"),
        {"shop": shop, "since": (on - timedelta(days=REST_DAYS)).isoformat(), "on": on.isoformat()},
    )
    return {str(row[0]) for row in rows}


def _silent(connection: Connection, on: date, shop: int) -> set[str]:
    rows = connection.execute(
        text("SELECT kind FROM silence WHERE shop_id = :shop AND until_on >= :on"),
        {"shop": shop, "on": on.isoformat()},
    )
    return {str(row[0]) for row in rows}


def _store(connection: Connection, result: AlertCandidate, on: date, shop: int) -> None:
    details = {
        "first": result.about.start.isoformat(),
        "last": result.about.end.isoformat(),
        "figure": result.figure,
        "usual": result.usual,
        "name": result.name,
        "reasons": [asdict(reason) for reason in result.reasons],
    }
    connection.execute(
        text(
            "INSERT INTO alert (shop_id, day, kind, metric, details, made_at) "
            "VALUES (:shop, :day, :kind, :metric, :details, :at) ON CONFLICT (shop_id, day) DO NOTHING"
        ),
        {
            "shop": shop,
            "day": on.isoformat(),
            "kind": result.kind,
            "metric": result.metric,
            "details": json.dumps(details, ensure_ascii=False),
            "at": _now(),
        },
    )


def _alert(row: Any) -> SalesAlert:
    computed = json.loads(row.details)
    about = Period(date.fromisoformat(computed["first"]), date.fromisoformat(computed["last"]))
    return SalesAlert(
        int(row.alert_id),
        date.fromisoformat(str(row.day)),
        row.kind,
        about,
        row.metric,
        computed["figure"],
        computed["usual"],
        computed["name"],
        tuple(
            AnomalyReason(*reason.values()) for reason in computed["reasons"]
        ),  # in the order of its fields
        datetime.fromtimestamp(row.made_at, UTC),
        row.seen_at is not None,
        row.sent_at is not None,
    )


def _check(kind: str) -> None:
    if kind not in (*KINDS, EVERY):
        raise UnknownAlert(kind=kind, known=", ".join((*KINDS, EVERY)))


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
