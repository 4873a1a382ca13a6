"""A small shop for a test: lines, refunds, sessions, payouts, all on the shop's own clock."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import SQLModel

from shop.db.database import Database
from shop.orders.batch import IngestBatch
from shop.orders.upsert import Upsert


def at(text: str) -> int:
    """Seconds UTC of a moment on the Beijing clock."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) - 8 * 3600


def line(order: str, when: str, cents: int, **more: Any) -> dict[str, Any]:
    return {
        "order_id": order,
        "line_id": order,
        "sku": "cup",
        "title": "杯",
        "quantity": 1,
        "status": "paid",
        "currency": "CNY",
        "buyer_paid_cents": cents,
        "list_cents": cents + more.get("seller_discount_cents", 0) + more.get("platform_discount_cents", 0),
        "seller_discount_cents": 0,
        "platform_discount_cents": 0,
        "paid_at": at(when),
        "created_at": at(when),
        "paid_on": when[:10],
        "updated_at": at(when),
        "payload_hash": 1,
        "carrier": "video",
        "seller": "own",
        "buyer_key": None,
        **more,
    }


def refund(case: str, order: str, when: str, cents: int, **more: Any) -> dict[str, Any]:
    return {
        "refund_id": case,
        "order_id": order,
        "status": "refunded",
        "refunded_at": at(when),
        "refunded_on": when[:10],
        "amount_cents": cents,
        "currency": "CNY",
        "updated_at": at(when),
        "payload_hash": 1,
        **more,
    }


def session(name: str, when: str, seconds: int, **more: Any) -> dict[str, Any]:
    return {
        "session_id": name,
        "started_at": at(when),
        "ended_at": at(when) + seconds,
        "started_on": when[:10],
        "seconds": seconds,
        "currency": "CNY",
        "updated_at": at(when),
        "payload_hash": 1,
        **more,
    }


def payout(name: str, order: str, when: str, paid_out: int, **more: Any) -> dict[str, Any]:
    return {
        "settlement_id": name,
        "order_id": order,
        "line_id": order,
        "settled_at": at(when),
        "settled_on": when[:10],
        "currency": "CNY",
        "paid_out_cents": paid_out,
        "updated_at": at(when),
        "payload_hash": 1,
        **more,
    }


def usual(table: str, name: str) -> Any:
    """The default of a column that a row leaves out."""
    column = SQLModel.metadata.tables[table].columns.get(name)
    return column.default.arg if column is not None and column.default is not None else None


def store(
    db: Database,
    *,
    lines: Iterable[dict[str, Any]] = (),
    refunds: Iterable[dict[str, Any]] = (),
    sessions: Iterable[dict[str, Any]] = (),
    payouts: Iterable[dict[str, Any]] = (),
    platform: str = "douyin",
    **others: Iterable[dict[str, Any]],
) -> None:
    """Store the rows in one load; further tables by their own names."""
    tables = {
        "order_line": lines,
        "refund": refunds,
        "live_session": sessions,
        "settlement": payouts,
        **others,
    }
    with db.write() as connection:
        load = Upsert(connection, 1)
        for table, rows in tables.items():
            result = list(rows)
            names = dict.fromkeys(name for row in result for name in row)
            columns = {name: [row.get(name, usual(table, name)) for row in result] for name in names}
            load.put(IngestBatch(table, platform, columns, list(range(len(result)))))
        load.finish()
