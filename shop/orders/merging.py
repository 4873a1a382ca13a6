"""The row that follows from all statements of it: field by field the newest that knows the field.

Statements are ordered by update time, then by how far the row's state has come (the leading bits of the
hash), then by when their source was exported, then by content. Each field takes the value of the last
statement that knows it, so a later export wins and what is known never goes back to unknown. The maximum of
a total order is associative, commutative and idempotent: any order of reading gives the same row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shop.core import clock
from shop.core.money import split
from shop.orders.statements import API, Key, RowVersion

RANK_SHIFT = 39  # bits of the hash below the rank of the row's state (see etl/tables/hashes.py)
UNKNOWN = {
    "carrier": "unknown",
    "kind": "unknown",
    "stage": "unknown",
    "seller": "own",
    "text": "",
    "traffic_key": 0,
}
TOGETHER = {  # columns that are right only together: all of the statement that has the first of them
    "order_line": (
        (
            "list_cents",
            "quantity",
            "currency",
            "seller_discount_cents",
            "platform_discount_cents",
            "buyer_paid_cents",
        ),
        ("carrier", "attribution", "is_provisional"),
    ),
    "ad_spend": (("amount_cents", "currency"),),
    "refund": (("amount_cents", "shipping_cents", "currency", "is_estimate", "status"),),
}
DAYS = {  # the shop day of a moment, computed again from the moment
    "order_line": ("paid_at", "paid_on"),
    "refund": ("refunded_at", "refunded_on"),
    "settlement": ("settled_at", "settled_on"),
    "presale_deposit": ("paid_at", "paid_on"),
    "live_session": ("started_at", "started_on"),
    "video": ("published_at", "published_on"),
    "comment": ("written_at", "written_on"),
}
WORDING = ("product_id", "platform_sku", "title", "spec")
WHOLE_ORDER = "(order)"
OF_ORDER = ("shipped_at", "completed_at", "buyer_key", "province", "promised_at", "courier")  # not of a line
COUNTED = re.compile(r"^#\d+$")  # a line's number in its order, where the file has no line ids
BY_CONTENT = re.compile(r"^[0-9a-f]{16}-\d+$")  # what earlier versions used instead: a hash of the cells


def merged(
    fact: str,
    statements: Sequence[RowVersion],
    order_of: Callable[[int], tuple[int, int]],
    zone: str,
    links: Mapping[int, int],
) -> dict[str, Any]:
    """The columns of a row, without its key; `source_id` is the source that was last.

    `links` are the buyers that keys of files stand for (identity/buyers.py).
    """

    def place(statement: RowVersion) -> tuple[Any, ...]:
        rank = statement.payload_hash >> RANK_SHIFT
        return statement.updated_at, rank, max(map(order_of, statement.sources)), statement.payload_hash

    newest = sorted(statements, key=place, reverse=True)
    row: dict[str, Any] = {
        "updated_at": newest[0].updated_at,
        "payload_hash": newest[0].payload_hash,
        "source_id": max(newest[0].sources, key=order_of) or None,
    }
    bodies = [statement.body or {} for statement in newest]
    names = list(dict.fromkeys(name for body in bodies for name in body))
    taken: set[str] = set()
    for group in TOGETHER.get(fact, ()):
        if group[0] in names:
            chosen = next((body for body in bodies if is_known(group[0], body.get(group[0]))), None)
            chosen = chosen or next(body for body in bodies if group[0] in body)
            row.update({name: chosen[name] for name in group if name in chosen})
            taken.update(name for name in group if name in chosen)
    for name in names:
        if name not in taken:
            row[name] = _newest_known(name, bodies)
    if fact == "order_line":
        row["sku"] = _sku(bodies, row)
        row["paid_at"] = _paid_at(bodies, row.get("paid_at"))
        row.update(_buyer(newest, links))
    if fact in DAYS and DAYS[fact][0] in names:
        moment, day = DAYS[fact]
        row[day] = day_of(row.get(moment), zone)
    return row


def linked_buyer(statements: Iterable[RowVersion], links: Mapping[int, int]) -> int | None:
    """The buyer that a key of these statements stands for; None where none does or the API names the buyer."""
    keys = [(API in of.sources, (of.body or {}).get("buyer_key")) for of in statements]
    if any(of_api and key is not None for of_api, key in keys):
        return None
    return next((links[key] for _, key in keys if key is not None and key in links), None)


def _buyer(newest: Sequence[RowVersion], links: Mapping[int, int]) -> dict[str, int]:
    """The buyer as the API states it, else as a key stands for it: a file has the receiver at best."""
    of_api = ((of.body or {}).get("buyer_key") for of in newest if API in of.sources)
    buyer = next((key for key in of_api if key is not None), None)
    buyer = linked_buyer(newest, links) if buyer is None else buyer
    return {} if buyer is None else {"buyer_key": buyer}


def complete_lines(lines: Mapping[Key, dict[str, Any]], order: Mapping[str, Any], zone: str) -> None:
    """Complete the lines of one order by what only a statement of the whole order knows.

    What no line knows of shipping and of discounts that the platform bears is shared among the lines, in the order of
    their ids: shipping by what was paid, such discounts by what was taken off each line. A line without a payment of
    an order that was paid is paid.
    """
    rows = [lines[key] for key in sorted(lines)]
    for row in rows:
        row.update({name: order[name] for name in OF_ORDER if name in order and row.get(name) is None})
        if row.get("paid_at") is None and order.get("paid_at") is not None:
            row["paid_at"], row["paid_on"] = order["paid_at"], day_of(order["paid_at"], zone)
            row["status"] = order["status"] if row["status"] == "unpaid" else row["status"]
    sold = [row for row in rows if not row.get("is_gift") and row["currency"] == order["currency"]]
    shipping = order.get("shipping_cents", 0)
    if sold and shipping > 0 and not any(row.get("shipping_cents") for row in rows):
        parts = split(shipping, [row.get("buyer_paid_cents", 0) for row in sold])
        for row, part in zip(sold, parts, strict=True):
            row["shipping_cents"] = part
    if not any(row.get("platform_discount_cents") for row in rows):
        taken_off = [max(row.get("seller_discount_cents", 0), 0) for row in sold]
        borne = min(order.get("platform_discount_cents", 0), sum(taken_off))
        for row, part in zip(sold, split(borne, taken_off), strict=True) if borne > 0 else ():
            row["platform_discount_cents"] = part
            row["seller_discount_cents"] -= part


def _newest_known(name: str, bodies: Iterable[Mapping[str, Any]]) -> Any:
    statements = [body[name] for body in bodies if name in body]
    return next((value for value in statements if is_known(name, value)), statements[0])


def is_known(name: str, value: Any) -> bool:
    """Whether a value is known: it is there, and is not the word for unknown."""
    return value is not None and value != UNKNOWN.get(name)


def _sku(bodies: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> str:
    """The newest code of the shop's own; where no statement has one, the product and form as merged."""
    for body in bodies:
        sku = body.get("sku")
        if sku and sku not in _merged_of(body):
            return str(sku)
    newest: str = bodies[0].get("sku") or ""
    merged = _merged_of(row)
    return newest if newest in merged or not merged else merged[0]


def _merged_of(body: Mapping[str, Any]) -> list[str]:
    """What stands for the code of a line without one, the best first."""
    product, platform_sku, title, spec = (body.get(name) for name in WORDING)
    both = f"{product}/{spec}" if product and spec else None
    return [word for word in (both, product, platform_sku, title) if word]


def _paid_at(bodies: Iterable[Mapping[str, Any]], newest: int | None) -> int | None:
    """The newest moment of payment; that of the order itself stands for one that a file lacks, and gives way."""
    known = ((body.get("paid_at"), body.get("created_at")) for body in bodies)
    return next((paid for paid, created in known if paid is not None and paid != created), newest)


def day_of(moment: int | None, zone: str) -> str | None:
    """The shop day (ISO text) of a moment in seconds UTC."""
    return None if moment is None else clock.day_of(moment, zone).isoformat()


def key_kind(line_id: str) -> int:
    """How good a line's key is: 0 a hash of cells that people edit, 1 its number in the order, 2 an id.

    -1: no line at all, but an order that a file gives without its lines (WHOLE_ORDER).

    The lines of one order are of one kind: those of the best kind count, whoever states the others.
    """
    if line_id == WHOLE_ORDER:
        return -1
    if COUNTED.match(line_id):
        return 1
    return 0 if BY_CONTENT.match(line_id) else 2
