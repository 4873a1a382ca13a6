"""Firing curves: the temperature of a firing over time, as its controller recorded it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor
from shop.core.clock import now_seconds
from shop.db.database import Database
from shop.kiln.repository import UnknownFiring
from shop.kiln.unit_of_work import kiln_transaction

PEAK_BAND = 100  # tenths of °C below the peak that count as its soak
TABLE = "firing_curve"
BY_FIRING = """
SELECT f.firing_id, k.name, f.stage, COALESCE(f.fired_on, f.opened_on, f.planned_on), c.points,
  SUM(s.pieces_in), SUM(CASE WHEN s.pieces_out IS NULL THEN 0 ELSE s.pieces_in - s.pieces_out - s.pieces_again END),
  SUM(s.pieces_again)
FROM firing_curve c
JOIN firing f ON f.shop_id = c.shop_id AND f.firing_id = c.firing_id AND f.status = 'opened'
JOIN kiln k ON k.shop_id = f.shop_id AND k.kiln_id = f.kiln_id
JOIN batch_step s ON s.shop_id = f.shop_id AND s.firing_id = f.firing_id AND s.pieces_out IS NOT NULL
WHERE c.shop_id = :shop AND f.opened_on BETWEEN :start AND :end
GROUP BY f.firing_id ORDER BY 4 DESC, 1
"""


@dataclass(frozen=True)
class FiringCurve:
    """Readings in the order of time: (seconds from the first, tenths of °C)."""

    points: tuple[tuple[int, int], ...]

    @property
    def peak(self) -> int:
        """The highest temperature, in tenths of °C."""
        return max(heat for _, heat in self.points)

    @property
    def seconds(self) -> int:
        """From the first reading to the last."""
        return self.points[-1][0]

    @property
    def soak_seconds(self) -> int:
        """How long it stayed within 10 °C of its peak, between the first and the last such reading."""
        moments = [at for at, heat in self.points if heat >= self.peak - PEAK_BAND]
        return moments[-1] - moments[0]

    @property
    def to_peak_seconds(self) -> int:
        """From the first reading to the first of the peak."""
        return next(at for at, heat in self.points if heat == self.peak)


def set_curve(
    db: Database,
    firing_id: str,
    curve: FiringCurve | None,
    *,
    source: str = "",
    actor: Actor,
    shop_id: int = 1,
) -> int:
    """Store the curve of a firing in the place of an earlier one (None: delete it); the number that undoes it.

    `source` is the name of its file. Raises UnknownFiring, NotAllowed.
    """
    with kiln_transaction(db, actor, shop_id=shop_id) as work:
        work.firing(firing_id)
        edits = Edits(work.connection, shop_id)
        key = {"firing_id": firing_id}
        if curve is None:
            edits.delete(TABLE, key)
        else:
            points = json.dumps(curve.points, separators=(",", ":"))
            edits.put(TABLE, key, {"points": points, "source": source, "added_at": now_seconds()})
        action = "kiln.curve" if curve else "kiln.no_curve"
        return log_action(
            work.connection,
            actor,
            action,
            firing_id,
            changes=edits.changes,
            undo=edits.undo or None,
            shop_id=shop_id,
        )


def curves(db: Database, firing_ids: Sequence[str], *, shop_id: int = 1) -> dict[str, FiringCurve]:
    """The curves of these firings, as far as they are stored."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        rows = cursor.execute(
            "SELECT firing_id, points FROM firing_curve WHERE shop_id = ? "
            "AND firing_id IN (SELECT value FROM json_each(?)) ORDER BY firing_id",
            (shop_id, json.dumps(list(firing_ids))),
        )
        return {firing: _curve(points) for firing, points in rows.fetchall()}


def curve_of(db: Database, firing_id: str, *, shop_id: int = 1) -> FiringCurve | None:
    """The curve of one firing, None where none is stored; raises UnknownFiring."""
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        known = cursor.execute(
            "SELECT 1 FROM firing WHERE shop_id = ? AND firing_id = ?", (shop_id, firing_id)
        ).fetchone()
    if known is None:
        raise UnknownFiring(firing=firing_id)
    return curves(db, [firing_id], shop_id=shop_id).get(firing_id)


def _curve(points: str) -> FiringCurve:
    return FiringCurve(tuple((int(at), int(heat)) for at, heat in json.loads(points)))


def losses_by_curve(db: Database, start: date, end: date, *, shop_id: int = 1) -> pd.DataFrame:
    """Every firing with a curve that was opened in a range, the latest first, with what came of its load.

    Columns: firing, kiln, stage, day, peak (°C), soak (minutes), to_peak (minutes), pieces_in, lost, again, share (of
    the pieces in, lost or unfinished).
    """
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        values = {"shop": shop_id, "start": start.isoformat(), "end": end.isoformat()}
        rows = cursor.execute(BY_FIRING, values).fetchall()
    result = []
    for firing, kiln, stage, day, points, pieces, lost, again in rows:
        curve = _curve(points)
        figures = (round(curve.peak / 10), curve.soak_seconds // 60, curve.to_peak_seconds // 60)
        result.append((firing, kiln, stage, day, *figures, pieces, lost, again, (lost + again) / pieces))
    names = [
        "firing",
        "kiln",
        "stage",
        "day",
        "peak",
        "soak",
        "to_peak",
        "pieces_in",
        "lost",
        "again",
        "share",
    ]
    return pd.DataFrame(result, columns=names).astype(
        dict.fromkeys(names[4:10], "Int64") | {"share": "Float64"}
    )
