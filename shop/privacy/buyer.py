"""One buyer, by an order number: everything that is stored, and erasing the person behind it.

Which tables have rows of a buyer follows from the models: those with the buyer's or author's keyed hash, and those of
the buyer's orders. Erasing replaces the hash by a random number, in all rows the same, so that every figure stays as
it was and nothing leads from the person to the rows; notes and the words of reviews go.
"""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, or_, select, text
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)
from shop.access.audit import log_action
from shop.access.roles import Actor, require
from shop.comments.leads import erase_leads_of
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.privacy.retention import erase_comments

PERSON_KEYS = ("buyer_key", "author_key")
INTERNAL = ("shop_id", "payload_hash", "source_id", "name_key", "traffic_key", "file_key", *PERSON_KEYS)
OrderKey = tuple[str, str]


class UnknownOrder(ShopError):
    """No stored order has this number."""

    message = "There is no order {order}. Type the whole number as the platform gives it."


class AmbiguousOrder(ShopError):
    """Orders of several platforms have this number."""

    message = "Order {order} is on several platforms: {platforms}. Name one with --platform."


@dataclass(frozen=True)
class Buyer:
    """The buyer of an order: their orders (platform, number), and the keyed hash; None where it is unknown."""

    order: OrderKey
    orders: tuple[OrderKey, ...]
    person_key: int | None


@dataclass(frozen=True)
class Erasure:
    """What erasing a buyer does or did: orders and rows unlinked, reviews and comments, notes, landed pages.

    `is_known`: the platform gives the buyer.
    """

    orders: int
    rows: int
    comments: int
    notes: int
    pages: int
    is_known: bool


def buyer_of(db: Database, order: str, platform: str = "", *, actor: Actor, shop_id: int = 1) -> Buyer:
    """The buyer of an order; raises NotAllowed, UnknownOrder, AmbiguousOrder."""
    require(actor, "manage_shop")
    with db.read() as connection:
        return _buyer_of(connection, order.strip(), platform, shop_id)


def _buyer_of(connection: Connection, order: str, platform: str, shop_id: int) -> Buyer:
    rows = connection.execute(
        text(
            "SELECT platform, MAX(buyer_key) AS person FROM order_line WHERE shop_id = :shop AND order_id = :order "
            "AND :platform IN ('', platform) GROUP BY platform"
        ),
        {"shop": shop_id, "order": order, "platform": platform},
    ).all()
    if not rows:
        raise UnknownOrder(order=order)
    if len(rows) > 1:
        raise AmbiguousOrder(order=order, platforms=", ".join(row.platform for row in rows))
    platform, person = rows[0]
    if person is None:
        return Buyer((platform, order), ((platform, order),), None)
    orders = connection.execute(
        text(
            "SELECT DISTINCT platform, order_id FROM order_line WHERE shop_id = :shop AND buyer_key = :person "
            "ORDER BY platform, order_id"
        ),
        {"shop": shop_id, "person": person},
    ).all()
    return Buyer((platform, order), tuple((row[0], row[1]) for row in orders), int(person))


# --- which rows ------------------------------------------------------------------------------------


def _tables() -> Iterator[Table]:
    yield from sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name)


def _is_of(table: Table, buyer: Buyer) -> Any | None:
    """The condition for a table's rows of a buyer; None where the table has none."""
    if "order_id" in table.c and "platform" in table.c:
        keys = json.dumps([list(order) for order in buyer.orders])
        listed = (
            "(platform, order_id) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') "
            "FROM json_each(:keys))"
        )
        of_order = text(listed).bindparams(keys=keys)
    else:
        of_order = None
    of_person = [table.c[name] == buyer.person_key for name in PERSON_KEYS if name in table.c]
    if buyer.person_key is None or not of_person:
        return of_order
    return of_person[0] if of_order is None else or_(of_person[0], of_order)


def export_buyer(
    db: Database, order: str, platform: str = "", *, actor: Actor, shop_id: int = 1
) -> dict[str, Any]:
    """All that is stored on the buyer of an order, by table, as plain values; logged.

    Sealed contacts are named and stay sealed: the owner's passphrase opens them on the Comments page.
    Raises NotAllowed, UnknownOrder, AmbiguousOrder.
    """
    require(actor, "manage_shop")
    with db.write(quiet=True) as connection:
        buyer = _buyer_of(connection, order.strip(), platform, shop_id)
        tables: dict[str, list[dict[str, Any]]] = {}
        for table in _tables():
            condition = _is_of(table, buyer)
            if condition is None or table.name == "erased_record":
                continue
            query = select(table).where(table.c.shop_id == shop_id, condition).order_by(*table.primary_key)
            rows = connection.execute(query).mappings()
            if plain := [_plain(dict(row)) for row in rows]:
                tables[table.name] = plain
        pages = sum(1 for _ in _pages_of(connection, buyer, shop_id))
        log_action(connection, actor, "privacy.export", buyer.order[1], changes=0, shop_id=shop_id)
    return {
        "order": {"platform": buyer.order[0], "order_id": buyer.order[1]},
        "buyer_is_known": buyer.person_key is not None,
        "orders": [{"platform": one[0], "order_id": one[1]} for one in buyer.orders],
        "raw_pages": pages,
        "stored": tables,
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in INTERNAL}
    if "sealed_contact" in kept:
        kept["sealed_contact"] = kept["sealed_contact"] is not None
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in kept.items()
        if value is not None
    }


# --- erasing ---------------------------------------------------------------------------------------


def preview_erasure(
    db: Database, order: str, platform: str = "", *, actor: Actor, shop_id: int = 1
) -> Erasure:
    """What `erase_buyer` would do; raises as it does."""
    require(actor, "manage_shop")
    with db.read() as connection:
        buyer = _buyer_of(connection, order.strip(), platform, shop_id)
        rows = notes = comments = 0
        for table in _tables():
            condition = _is_of(table, buyer)
            if condition is None or table.name == "erased_record":
                continue
            of_buyer = connection.execute(
                select(table).where(table.c.shop_id == shop_id, condition)
            ).mappings()
            for row in of_buyer:
                rows += any(row.get(name) is not None for name in PERSON_KEYS)
                notes += bool(row.get("note"))
                comments += table.name == "comment"
        pages = sum(1 for _ in _pages_of(connection, buyer, shop_id))
    return Erasure(len(buyer.orders), rows, comments, notes, pages, buyer.person_key is not None)


def erase_buyer(db: Database, order: str, platform: str = "", *, actor: Actor, shop_id: int = 1) -> Erasure:
    """Unlink the buyer of an order from all their rows for good; no figure changes. Logged, never undone.

    Raises NotAllowed, UnknownOrder, AmbiguousOrder.
    """
    require(actor, "manage_shop")
    with db.erase() as connection:
        buyer = _buyer_of(connection, order.strip(), platform, shop_id)
        new = secrets.randbits(62) + 1
        pages = _unlink_pages(connection, buyer, new, shop_id)
        comments = _erase_comments(connection, buyer, new, shop_id)
        notes = _erase_notes(connection, buyer, shop_id)
        rows = _unlink(connection, buyer, new, shop_id)
        person = None if buyer.person_key is None else new
        _mark_erased(connection, "order", buyer.orders, person, shop_id)
        erasure = Erasure(len(buyer.orders), rows, comments, notes, pages, buyer.person_key is not None)
        log_action(
            connection,
            actor,
            "privacy.erase",
            buyer.order[1],
            changes=rows + comments + notes,
            shop_id=shop_id,
        )
    return erasure


def _unlink(connection: Connection, buyer: Buyer, new: int, shop_id: int) -> int:
    """Put the random number in the place of the hash, in the statements of imports too; rows changed.

    The same for the keys that files have of the buyer.
    """
    if buyer.person_key is None:
        return 0
    keys = _unlink_files(connection, buyer, new, shop_id)
    rows = 0
    for key in (buyer.person_key, *keys):
        values = {"shop": shop_id, "old": key, "new": new}
        for table in _tables():
            for name in PERSON_KEYS:
                if name in table.c and table.name != "own_author":
                    sql = f"UPDATE {table.name} SET {name} = :new WHERE shop_id = :shop AND {name} = :old"
                    rows += connection.execute(text(sql), values).rowcount
        for name in PERSON_KEYS:
            connection.execute(
                text(
                    f"UPDATE row_statement SET body = json_set(body, '$.{name}', :new) "
                    f"WHERE shop_id = :shop AND body ->> '{name}' = :old"
                ),
                values,
            )
    return rows


def _unlink_files(connection: Connection, buyer: Buyer, new: int, shop_id: int) -> list[int]:
    """Forget which keys of files stand for the buyer, in what files state of the buyer's orders too; those keys."""
    values = {
        "shop": shop_id,
        "old": buyer.person_key,
        "new": new,
        "keys": json.dumps([list(order) for order in buyer.orders]),
    }
    rows = connection.execute(
        text(
            "SELECT file_key FROM buyer_link WHERE shop_id = :shop GROUP BY platform, file_key "
            "HAVING MIN(buyer_key) = :old AND MAX(buyer_key) = :old"
        ),
        values,
    )
    keys = [int(row[0]) for row in rows]
    listed = "IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:keys))"
    for sql in (
        f"DELETE FROM buyer_link WHERE shop_id = :shop AND (platform, order_id) {listed}",
        "UPDATE row_statement SET body = json_set(body, '$.buyer_key', :new) WHERE shop_id = :shop "
        f"AND fact = 'order_line' AND body ->> 'buyer_key' IS NOT NULL AND (platform, first_key) {listed}",
    ):
        connection.execute(text(sql), values)
    return keys


def _erase_comments(connection: Connection, buyer: Buyer, new: int, shop_id: int) -> int:
    """Erase the words of the buyer's reviews and comments with their leads; how many."""
    table = SQLModel.metadata.tables["comment"]
    condition = _is_of(table, buyer)
    assert condition is not None
    keys = [
        (row[0], row[1])
        for row in connection.execute(
            select(table.c.platform, table.c.comment_id).where(
                table.c.shop_id == shop_id, ~table.c.is_own, condition
            )
        )
    ]
    erase_leads_of(connection, keys, shop_id)
    for platform, comment_id in keys:
        values = {"shop": shop_id, "platform": platform, "id": comment_id}
        erase_comments(connection, "c.platform = :platform AND c.comment_id = :id", values)
        given = values | {"person": new}
        connection.execute(
            text(
                "UPDATE comment SET author_key = :person "
                "WHERE shop_id = :shop AND platform = :platform AND comment_id = :id"
            ),
            given,
        )
        connection.execute(
            text(
                "UPDATE row_statement SET body = json_set(body, '$.text', '', '$.author_key', :person) "
                "WHERE shop_id = :shop AND fact = 'comment' AND platform = :platform AND first_key = :id "
                "AND body IS NOT NULL"
            ),
            given,
        )
    _mark_erased(connection, "comment", keys, new, shop_id)
    return len(keys)


def _mark_erased(
    connection: Connection, kind: str, keys: Sequence[tuple[str, str]], person: int | None, shop_id: int
) -> None:
    for platform, number in keys:
        connection.execute(
            text(
                "INSERT OR REPLACE INTO erased_record (shop_id, platform, kind, record_id, person_key, erased_at) "
                "VALUES (:shop, :platform, :kind, :id, :person, :now)"
            ),
            {
                "shop": shop_id,
                "platform": platform,
                "kind": kind,
                "id": number,
                "person": person,
                "now": now_seconds(),
            },
        )


def _erase_notes(connection: Connection, buyer: Buyer, shop_id: int) -> int:
    """Erase what people noted at the buyer's orders, and what an undo could restore of it; how many notes."""
    notes = 0
    for table in _tables():
        condition = _is_of(table, buyer)
        if condition is None or "note" not in table.c:
            continue
        notes += connection.execute(
            table.update()
            .where(table.c.shop_id == shop_id, condition, table.c.note.is_not(None))
            .values(note=None)
        ).rowcount
    for _, order in buyer.orders:
        connection.execute(
            text(
                "UPDATE audit SET undo = NULL WHERE shop_id = :shop AND undo LIKE '%note%' AND instr(undo, :order)"
            ),
            {"shop": shop_id, "order": json.dumps(order)},
        )
    return notes


# --- landed pages ----------------------------------------------------------------------------------


def _pages_of(connection: Connection, buyer: Buyer, shop_id: int) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The landed pages that have the buyer's hash: key and content."""
    if buyer.person_key is None:
        return
    mark = str(buyer.person_key).encode()
    rows = connection.execute(
        text("SELECT platform, kind, digest, body FROM raw_page WHERE shop_id = :shop"), {"shop": shop_id}
    ).mappings()
    for row in rows:
        content = zlib.decompress(row["body"])
        if mark in content:
            key = {name: row[name] for name in ("platform", "kind", "digest")}
            yield key | {"shop": shop_id}, content


def _unlink_pages(connection: Connection, buyer: Buyer, new: int, shop_id: int) -> int:
    pages = list(_pages_of(connection, buyer, shop_id))
    for key, content in pages:
        body = zlib.compress(content.replace(str(buyer.person_key).encode(), str(new).encode()), 3)
        connection.execute(
            text(
                "UPDATE raw_page SET body = :body WHERE shop_id = :shop AND platform = :platform AND kind = :kind "
                "AND digest = :digest"
            ),
            key | {"body": body},
        )
    return len(pages)
