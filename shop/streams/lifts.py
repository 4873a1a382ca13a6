"""Lift of each presentation of a session: what came in the minutes after its mark against the session's baseline.

The method: shop/streams/lift.py. Where nothing is marked, change points of the curve are offered as marks to confirm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from shop.db.database import Database
from shop.streams.change_points import change_points
from shop.streams.lift import (
    Floats,
    Lift,
    PresentationWindow,
    SessionCurve,
    baseline,
    lift,
    presentation_windows,
)
from shop.streams.marks import PRESENTATIONS, Mark, marks
from shop.streams.minutes import SessionMinutes, session_minutes
from shop.streams.session import SessionRecord

Measure = Literal["orders", "product_clicks", "comments"]
SAME_PRESENTATION_SECONDS = 30  # a pin right after the piece came up is the same presentation
MINUTE = 60.0


@dataclass(frozen=True)
class PresentationLift:
    """The lift of one presentation: the mark it begins with, its window (seconds of the session), the sums in it.

    `orders` and `gmv_cents` are what the minutes of the window brought; `result` is the lift of the measure, whose
    interval is 90 %.
    """

    mark: Mark
    window: PresentationWindow
    orders: int | None
    gmv_cents: int | None
    result: Lift


@dataclass(frozen=True)
class ItemLift:
    """The presentations of one item in a session together: how often, count and expected, and the lift."""

    item: str
    sku: str | None
    presentations: int
    orders: int
    expected: float | None

    @property
    def lift(self) -> float | None:
        """Count over expected less 1; None where too little is known."""
        return self.orders / self.expected - 1 if self.expected else None


def presentation_lifts(
    db: Database,
    session: SessionRecord,
    *,
    measure: Measure = "orders",
    minutes: SessionMinutes | None = None,
) -> list[PresentationLift]:
    """The lift of every marked presentation of a session, in order of time; empty without marks or curve."""
    minutes = minutes or session_minutes(db, session)
    if measure not in minutes.sources:
        return []
    curve = curve_of(minutes.table, measure)
    begun = _presentations(marks(db, session), session.started_at)
    if not begun:
        return []
    seconds = len(curve.times) * MINUTE
    starts = [min(max(mark.marked_at - session.started_at, 0), seconds - 1) for mark, _ in begun]
    windows = presentation_windows(starts, [end for _, end in begun], seconds)
    free = baseline(curve.times, windows)
    return [
        PresentationLift(
            mark,
            window,
            _sum(minutes.table, "orders", curve.times, window),
            _sum(minutes.table, "gmv_cents", curve.times, window),
            lift(curve, window, free),
        )
        for (mark, _), window in zip(begun, windows, strict=True)
    ]


def item_lifts(lifts: Sequence[PresentationLift]) -> list[ItemLift]:
    """Presentations of the same item together, the most additional first; those that name no item are left out."""
    groups: dict[tuple[str, str | None], list[PresentationLift]] = {}
    for one in lifts:
        if name := one.mark.sku or one.mark.item:
            groups.setdefault((name, one.mark.sku), []).append(one)
    rows = [
        ItemLift(
            name,
            sku,
            len(group),
            sum(one.result.count for one in known),
            sum(one.result.expected or 0 for one in known) or None,
        )
        for (name, sku), group in groups.items()
        for known in ([one for one in group if one.result.expected is not None],)
    ]
    return sorted(rows, key=lambda row: (-(row.orders - (row.expected or row.orders)), row.item))


def suggested_marks(
    db: Database, session: SessionRecord, *, minutes: SessionMinutes | None = None
) -> list[tuple[Mark, str]]:
    """Moments at which the audience became busier, as marks to confirm, with the measure that shows it.

    From orders, clicks and comments; moments within a minute of a known mark or of another one are left out.
    """
    minutes = minutes or session_minutes(db, session)
    known = [mark.marked_at - session.started_at for mark in marks(db, session)]
    result: list[tuple[Mark, str]] = []
    for measure in ("orders", "product_clicks", "comments"):
        if measure not in minutes.sources:
            continue
        for second in change_points(curve_of(minutes.table, measure)):
            if all(abs(second - other) > MINUTE for other in known):
                known.append(int(second))
                at = session.started_at + int(second)
                mark_id = f"suggested/{session.platform}/{session.session_id}/{at}"
                place = (session.platform, session.session_id)
                result.append((Mark("show", at, *place, source="suggested", mark_id=mark_id), measure))
    return sorted(result, key=lambda pair: pair[0].marked_at)


def curve_of(table: pd.DataFrame, measure: str) -> SessionCurve:
    """A column of the minutes as a curve; minutes of unknown count have no viewers, so that they weigh nothing."""
    counts = table[measure].to_numpy("float64", na_value=np.nan)
    viewers = table["viewers"].to_numpy("float64", na_value=np.nan)
    exposure = np.where(np.isnan(viewers), 1.0 if np.isnan(viewers).all() else 0.0, viewers)
    exposure = np.where(np.isnan(counts), 0.0, exposure)
    times: Floats = table["second"].to_numpy("float64") + MINUTE / 2
    return SessionCurve(times, np.nan_to_num(counts), exposure)


def _presentations(rows: Sequence[Mark], started: int) -> list[tuple[Mark, float | None]]:
    """The marks that begin a presentation, each with the second at which its own piece was put away."""
    begun: list[tuple[Mark, float | None]] = []
    for mark in rows:
        if mark.kind == "hide":
            end = float(mark.marked_at - started)
            for place in range(len(begun) - 1, -1, -1):
                if begun[place][1] is None and (mark.item in (None, begun[place][0].item)):
                    begun[place] = (begun[place][0], end)
                    break
        elif mark.kind in PRESENTATIONS:
            last = begun[-1][0] if begun else None
            near = last is not None and mark.marked_at - last.marked_at <= SAME_PRESENTATION_SECONDS
            if last is None or not near or (mark.item and last.item and mark.item != last.item):
                begun.append((mark, None))
    return begun


def _sum(table: pd.DataFrame, name: str, times: Floats, window: PresentationWindow) -> int | None:
    values = table[name][(times >= window.start) & (times < window.end)].dropna()
    return int(values.sum()) if len(values) else None
