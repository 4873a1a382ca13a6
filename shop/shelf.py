"""What stands on the shelf: every SKU with its stock, the ledger of one, holds, and where things stand.

Holds whose time is over count as free here already; the next write releases them in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import pandas as pd
from sqlalchemy import text

from shop import ledger, oversold
from shop.db import Database
from shop.ledger import cursor_of

Which = Literal["here", "low", "short", "out", "uncounted", "all"]
WHICH: tuple[Which, ...] = ("here", "low", "short", "out", "uncounted", "all")
RECENT_DAYS = 28
DAY = 86_400
# Variants whose stock is kept or could be (what is made to order has none), one row each.
ROWS = """
WITH over AS (
  SELECT sku, SUM(kept) AS kept FROM stock_hold
  WHERE shop_id = :shop AND ended_at IS NULL AND expires_at <= :now GROUP BY sku
), lacking AS (
  SELECT sku, SUM(short) AS short FROM stock_claim WHERE shop_id = :shop AND short > 0 GROUP BY sku
), waiting AS (
  SELECT sku, SUM(taken - counted_out) AS pieces FROM stock_claim
  WHERE shop_id = :shop AND taken > 0 AND NOT is_shipped AND paid_at >= :recent GROUP BY sku
), sold AS (
  SELECT sku, -SUM(on_hand) AS pieces FROM stock_movement
  WHERE shop_id = :shop AND reason = 'sold' AND moved_at >= :recent GROUP BY sku
)
SELECT v.sku, p.title AS product, v.title AS variant, p.form, p.glaze, COALESCE(v.size, p.size) AS size,
  v.grade, v.stock_policy AS policy, v.place, v.reorder_point, b.sku IS NOT NULL AS is_kept,
  b.on_hand, b.reserved - COALESCE(over.kept, 0) AS reserved, b.presale,
  COALESCE(lacking.short, 0) AS short, COALESCE(waiting.pieces, 0) AS to_send,
  COALESCE(sold.pieces, 0) AS sold, b.tracked_from
FROM variant v
JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN stock_balance b ON b.shop_id = v.shop_id AND b.sku = v.sku
LEFT JOIN over ON over.sku = v.sku
LEFT JOIN lacking ON lacking.sku = v.sku
LEFT JOIN waiting ON waiting.sku = v.sku
LEFT JOIN sold ON sold.sku = v.sku
WHERE v.shop_id = :shop AND ((NOT v.is_archived AND NOT p.is_archived
  AND v.stock_policy <> 'made_to_order') OR b.on_hand <> 0 OR b.reserved <> 0 OR lacking.short > 0)
ORDER BY p.title, v.title, v.sku
"""


def rows(db: Database, *, now: datetime | None = None, shop_id: int = 1) -> pd.DataFrame:
    """Every SKU that has stock or could have: on hand, reserved, available, short, days of cover.

    `available` is on hand less what is held, pre-sale apart; `to_send` is sold and waits for its
    parcel; `cover` is how many days what is on hand lasts at the pace of the last four weeks, None
    where nothing was sold then.
    """
    moment = ledger.seconds(now)
    place = {"shop": shop_id, "now": moment, "recent": moment - RECENT_DAYS * DAY}
    with db.read() as connection:
        found = connection.execute(text(ROWS), place)
        table = pd.DataFrame(found.all(), columns=list(found.keys()))
    return _told(table)


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """What follows from the stored columns."""
    for name in ("on_hand", "reserved", "presale", "reorder_point", "tracked_from"):
        table[name] = table[name].astype("Int64")
    table["is_kept"] = table["is_kept"].astype(bool)
    table["available"] = table["on_hand"] - table["reserved"]
    limit = table["reorder_point"].fillna(0)
    table["is_low"] = (
        table["is_kept"] & (table["policy"] == "stocked") & (table["available"] <= limit)
        & ((table["reorder_point"].notna()) | (table["sold"] > 0))
    ).fillna(False).astype(bool)  # fmt: skip
    pace = table["sold"].astype("Float64") / RECENT_DAYS
    cover = table["on_hand"].astype("Float64") / pace
    table["cover"] = cover.where((table["sold"] > 0) & (table["on_hand"] > 0))
    return table


def narrowed(
    table: pd.DataFrame, *, which: Which = "all", search: str = "", place: str = ""
) -> pd.DataFrame:
    """The rows that a filter asks for; `search` looks at SKU, names, form, glaze and place."""
    keep = pd.Series(True, index=table.index)
    if which == "here":
        keep &= (table["on_hand"].fillna(0) != 0) | (table["short"] > 0)
    elif which == "low":
        keep &= table["is_low"]
    elif which == "short":
        keep &= table["short"] > 0
    elif which == "out":
        keep &= table["is_kept"] & (table["available"].fillna(0) <= 0)
    elif which == "uncounted":
        keep &= ~table["is_kept"]
    if place:
        keep &= table["place"] == place
    for word in search.casefold().split():
        hit = pd.Series(False, index=table.index)
        for name in ("sku", "product", "variant", "form", "glaze", "place"):
            hit |= (
                table[name]
                .astype("string")
                .str.casefold()
                .str.contains(word, regex=False, na=False)
            )
        keep &= hit
    return table[keep].reset_index(drop=True)


@dataclass(frozen=True)
class Standing:
    """Where the stock stands: pieces, promises, and what waits for somebody."""

    kept: int
    uncounted: int
    on_hand: int
    reserved: int
    to_send: int
    short: int
    oversold: int
    low: int
    out: int
    returns: int
    holds: int
    counts: int


def standing(db: Database, *, now: datetime | None = None, shop_id: int = 1) -> Standing:
    """Where the stock stands, in a few figures."""
    from shop import returns

    table = rows(db, now=now, shop_id=shop_id)
    with db.read() as connection:
        lines = oversold.waiting(connection, shop_id)
        counts = cursor_of(connection).execute(
            "SELECT COUNT(*) FROM stocktake WHERE shop_id = ? AND status = 'open'", (shop_id,)
        ).fetchone()[0]  # fmt: skip
    kept = table[table["is_kept"]]
    return Standing(
        len(kept), int((~table["is_kept"]).sum()), int(kept["on_hand"].clip(lower=0).sum()),
        int(kept["reserved"].sum()), int(kept["to_send"].sum()), int(table["short"].sum()), lines,
        int(table["is_low"].sum()), int((kept["available"] <= 0).sum()),
        len(returns.expected(db, shop_id=shop_id)), len(open_holds(db, now=now, shop_id=shop_id)),
        counts,
    )  # fmt: skip


def places(db: Database, *, shop_id: int = 1) -> list[str]:
    """The places that variants stand at."""
    with db.read() as connection:
        found = cursor_of(connection).execute(
            "SELECT DISTINCT place FROM variant WHERE shop_id = ? AND place IS NOT NULL "
            "AND place <> '' AND NOT is_archived ORDER BY place",
            (shop_id,),
        )
        return [row[0] for row in found]


LEDGER = ("movement_id", "moved_at", "reason", "on_hand", "reserved", "balance", "actor", "note",
          "platform", "order_id", "batch_id", "count_id", "hold_id", "undoes", "undone")  # fmt: skip


def movements(db: Database, sku: str, *, limit: int = 200, shop_id: int = 1) -> pd.DataFrame:
    """The ledger of one SKU, the latest booking first, with what was on hand after each."""
    sql = (
        "SELECT movement_id, moved_at, reason, on_hand, reserved, SUM(on_hand) OVER "
        "(ORDER BY movement_id) AS balance, actor, note, platform, order_id, batch_id, count_id, "
        "hold_id, undoes, EXISTS (SELECT 1 FROM stock_movement u WHERE u.shop_id = m.shop_id "
        "AND u.move_key = 'undo/' || m.movement_id) AS undone "
        "FROM stock_movement m WHERE shop_id = ? AND sku = ? ORDER BY movement_id DESC LIMIT ?"
    )
    with db.read() as connection:
        found = cursor_of(connection).execute(sql, (shop_id, sku, limit)).fetchall()
    table = pd.DataFrame(found, columns=list(LEDGER))
    table["moved_at"] = [datetime.fromtimestamp(at, UTC) for at in table["moved_at"]]
    return table


def newest(db: Database, *, limit: int = 50, shop_id: int = 1) -> pd.DataFrame:
    """The latest bookings by people, whatever SKU they are of."""
    sql = (
        "SELECT movement_id, moved_at, sku, reason, on_hand, actor, note, EXISTS (SELECT 1 FROM "
        "stock_movement u WHERE u.shop_id = m.shop_id AND u.move_key = 'undo/' || m.movement_id) "
        "FROM stock_movement m WHERE shop_id = ? AND order_id IS NULL AND hold_id IS NULL "
        "ORDER BY movement_id DESC LIMIT ?"
    )
    names = ["movement_id", "moved_at", "sku", "reason", "on_hand", "actor", "note", "undone"]
    with db.read() as connection:
        found = cursor_of(connection).execute(sql, (shop_id, limit)).fetchall()
    table = pd.DataFrame(found, columns=names)
    table["moved_at"] = [datetime.fromtimestamp(at, UTC) for at in table["moved_at"]]
    return table


@dataclass(frozen=True)
class OpenHold:
    """A hold that still lasts."""

    hold_id: int
    sku: str
    title: str
    quantity: int
    kept: int
    platform: str | None
    session_id: str | None
    note: str | None
    made_by: str
    made_at: datetime
    expires_at: datetime


def open_holds(db: Database, *, now: datetime | None = None, shop_id: int = 1) -> list[OpenHold]:
    """The holds that still last, the next to end first."""
    sql = (
        "SELECT h.hold_id, h.sku, COALESCE(v.title, p.title, h.sku), h.quantity, h.kept, h.platform, "
        "h.session_id, h.note, h.made_by, h.made_at, h.expires_at FROM stock_hold h "
        "LEFT JOIN variant v ON v.shop_id = h.shop_id AND v.sku = h.sku "
        "LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code "
        "WHERE h.shop_id = ? AND h.ended_at IS NULL AND h.expires_at > ? ORDER BY h.expires_at, h.hold_id"
    )
    with db.read() as connection:
        found = cursor_of(connection).execute(sql, (shop_id, ledger.seconds(now))).fetchall()
    return [
        OpenHold(number, sku, title, pieces, kept, platform, session, why, by, _moment(made),
                 _moment(end))
        for number, sku, title, pieces, kept, platform, session, why, by, made, end in found
    ]  # fmt: skip


def _moment(at: Any) -> datetime:
    return datetime.fromtimestamp(int(at), UTC)
