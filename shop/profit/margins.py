"""Margin per SKU, for the owner only (rules: "Margin" in docs/manual/en/costing-rules.md)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from shop.access.roles import Actor, require, require_reader
from shop.core.money import split
from shop.db.database import Database
from shop.metrics import dimensions
from shop.metrics.payout_rollup import COUNTS_ONCE, INCOME
from shop.metrics.query import Query, answer
from shop.metrics.settings import currency_of
from shop.profit.allocation import AllocatedCosts, allocated_costs
from shop.profit.cogs import Goods, goods_by_sku
from shop.profit.fee_estimates import fee_estimates

LINES = f"""
SELECT l.platform, l.order_id, l.line_id, l.buyer_paid_cents,
  l.buyer_paid_cents + l.platform_discount_cents, {dimensions.MATCHED}
FROM {{}} {dimensions.BY_NAME.format(of="l")}
WHERE l.shop_id = :shop AND {{}}l.paid_on BETWEEN :start AND :end AND NOT l.is_gift
  AND l.currency = :currency
"""
OF_RANGE = LINES.format("order_line l INDEXED BY order_line_paid_on", "")
OF_SKUS = """
(SELECT DISTINCT o.shop_id, o.platform, o.order_id FROM order_line o INDEXED BY order_line_paid_on
  WHERE o.shop_id = :shop AND o.paid_on BETWEEN :start AND :end AND NOT o.is_gift AND o.currency = :currency
  AND o.name_key IN (SELECT a.name_key FROM sold_match a
    WHERE a.shop_id = :shop AND a.sku IN (SELECT value FROM json_each(:skus)))) k
CROSS JOIN order_line l ON l.shop_id = k.shop_id AND l.platform = k.platform AND l.order_id = k.order_id
"""
OF_ORDERS_WITH = LINES.format(OF_SKUS, "+")
"""The lines of the orders with some SKUs; with the plus SQLite finds them by their order."""
SETTLED = f"""
SELECT s.platform, s.order_id, s.line_id,
  SUM({INCOME} - s.paid_out_cents - s.commission_cents - s.courier_cents), SUM(s.commission_cents)
FROM settlement s WHERE s.shop_id = :shop AND s.settled_on >= :start AND s.currency = :currency AND {COUNTS_ONCE}
"""
OF_ORDERS = " AND s.platform = :platform AND s.order_id IN (SELECT value FROM json_each(:orders))"
BY_LINE = " GROUP BY s.platform, s.order_id, s.line_id"
Key = tuple[str, str, str]  # platform, order, line


@dataclass(frozen=True)
class SoldLine:
    """One paid line with the fees of the platform; without fees its order is not settled yet."""

    key: Key
    group: str
    gmv_cents: int
    fee_cents: int | None = None
    commission_cents: int | None = None


def sold_lines(connection: Connection, query: Query, groups: Collection[str] | None = None) -> list[SoldLine]:
    """The lines paid in a range, each with its fees; of some SKUs and groups alone where they are given.

    `query` gives range, shop, currency and the platforms; other conditions are not looked at.
    """
    cursor: Any = connection.connection.driver_connection
    values = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": _currency(connection, query),
    }
    platforms = {name for dimension, names in query.where if dimension == "platform" for name in names}
    sql = OF_RANGE
    if groups is not None and not {*dimensions.GROUPS} & {*groups}:
        sql, values["skus"] = OF_ORDERS_WITH, json.dumps(sorted(groups))
    rows = [row for row in cursor.execute(sql, values) if not platforms or row[0] in platforms]
    orders = None
    if groups is not None:  # with the other lines of their orders, which share their fees
        orders = {row[:2] for row in rows if row[5] in groups}
        rows = [row for row in rows if row[:2] in orders]
    fees = _fees(cursor, values, rows, orders)
    return [
        SoldLine(row[:3], row[5], row[4], *fees.get(row[:3], (None, None)))
        for row in rows
        if groups is None or row[5] in groups
    ]


def _currency(connection: Connection, query: Query) -> str:
    return currency_of(connection, query)


def _settled(cursor: Any, values: dict[str, Any], orders: set[tuple[str, str]] | None) -> Iterator[Any]:
    """Fees and commission by line, of some orders alone where they are given."""
    if orders is None:
        yield from cursor.execute(SETTLED + BY_LINE, values)
        return
    for platform in sorted({order[0] for order in orders}):
        ids = json.dumps([order for of, order in orders if of == platform])
        yield from cursor.execute(
            SETTLED + OF_ORDERS + BY_LINE, values | {"platform": platform, "orders": ids}
        )


def _fees(
    cursor: Any, values: dict[str, Any], rows: list[Any], orders: set[tuple[str, str]] | None
) -> dict[tuple[str, ...], tuple[int, int]]:
    """Fees and commission of each settled line; those of a whole order are split over its lines."""
    lines: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        lines[row[0], row[1]][row[2]] = row[3]
    sums: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for platform, order, line, *fees in _settled(cursor, values, orders):
        known = lines.get((platform, order))
        if not known:
            continue
        if line in known or len(known) == 1:  # most: nothing to split
            of_line = sums[platform, order, line if line in known else next(iter(known))]
            of_line[0] += fees[0]
            of_line[1] += fees[1]
            continue
        ids = sorted(known)
        weights = [known[line_id] for line_id in ids]
        for place, cents in enumerate(fees):
            for line_id, share in zip(ids, split(cents, weights), strict=True):
                sums[platform, order, line_id][place] += share
    return {key: (pair[0], pair[1]) for key, pair in sums.items()}


def margins(db: Database, query: Query, *, actor: Actor) -> pd.DataFrame:
    """Each SKU's margin over the lines paid in a range, the greatest gmv first; for the owner only.

    One row per SKU (and group of what is not matched). Columns: variant, gmv, refunds_by_order,
    units, fees, commission, cost, sending (courier and packing less shipping paid), ads, labour, margin (cents);
    pieces that buyers did not return, of them unknown_pieces without a known cost and open_pieces whose cost is not
    complete; estimated (cents of fees and commission that are not settled yet). The margin is missing where any
    piece's cost is unknown, or the refunds of the range are. Raises NotAllowed.
    """
    require(actor, "see_margins")
    require_reader(db, "see_margins")
    by_variant = replace(query, metrics=("gmv", "refunds_by_order", "units"), by=("variant",), cut_at=None)
    table = answer(db, by_variant)
    of_some = any(name in dimensions.CATALOG for name, _ in query.where)
    with db.read() as connection:
        lines = sold_lines(connection, query, set(table["variant"]) if of_some else None)
    costs = goods_by_sku(db, by_variant)
    fees = _fees_by_group(db, query, lines)
    others = allocated_costs(db, query)
    rows = []
    has_refunds = not table["refunds_by_order"].isna().any()
    for group, gmv, refunds, units in table.fillna(0).itertuples(index=False):
        cost = costs.get(group, Goods())
        fee, commission, guessed = fees.get(group, (0, 0, 0))
        unknown = sum(cost.without.values()) + cost.unmatched
        cents = None if unknown else sum(cost.cents.values())
        other = others.get(group, AllocatedCosts())
        left = None
        if cents is not None and has_refunds:
            left = int(gmv) - int(refunds) - fee - commission - cents - other.total
        rows.append(
            (
                group,
                int(gmv),
                int(refunds) if has_refunds else None,
                int(units),
                fee,
                commission,
                cents,
                other.sending,
                other.ads,
                other.labour,
                left,
                cost.units + unknown,
                unknown,
                sum(cost.incomplete.values()),
                guessed,
            )
        )
    names = [
        "variant",
        "gmv",
        "refunds_by_order",
        "units",
        "fees",
        "commission",
        "cost",
        "sending",
        "ads",
        "labour",
        "margin",
        "pieces",
        "unknown_pieces",
        "open_pieces",
        "estimated",
    ]
    margin_table = pd.DataFrame(rows, columns=names)
    margin_table = margin_table.astype(dict.fromkeys(names[1:], "Int64"))
    return margin_table.sort_values(["gmv", "variant"], ascending=[False, True], ignore_index=True)


def _fees_by_group(db: Database, query: Query, lines: list[SoldLine]) -> dict[str, tuple[int, int, int]]:
    """Fees and commission of each group, and how much of both is estimated."""
    sums_by_group: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for line in lines:
        sums_by_group[line.group][0] += line.fee_cents or 0
        sums_by_group[line.group][1] += line.commission_cents or 0
    keys = {line.key for line in lines}
    for item in fee_estimates(db, query):
        if item.key in keys:
            sums = sums_by_group[item.group]
            sums[0] += item.fee_cents
            sums[1] += item.commission_cents
            sums[2] += item.fee_cents + item.commission_cents
    return {group: (sums[0], sums[1], sums[2]) for group, sums in sums_by_group.items()}
