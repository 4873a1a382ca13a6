"""What a set brought and left, shared over its parts; for the owner only.

Money of a set is paid in one sum. It is shared over the parts by their list prices (pieces x price), to the last cent
by the largest remainder in the order of the parts; by pieces where a part has no price. The cost is shared in
proportion to what the parts cost on the last day of the range, so that the parts add up to the set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from shop.access.roles import Actor, require, require_reader
from shop.core.money import split
from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.tables import records
from shop.pricing.unit_costs import costs_of, valid_on
from shop.profit.margins import margins
from shop.stock import sets

MONEY = ("gmv", "refunds_by_order", "fees", "commission", "cost", "sending", "ads", "labour")
COLUMNS = ("set", "part", "pieces", "units", *MONEY, "margin", "by_price")


def set_margins(db: Database, query: Query, *, actor: Actor, sku: str | None = None) -> pd.DataFrame:
    """Each set that sold in a range (one where `sku` is given), with the share of every part.

    Columns: set, part, pieces (in one set), units (of the part, in the sets sold), MONEY and margin (cents of the
    query's currency; missing where the set's are), by_price (whether the shares follow list prices). Raises NotAllowed.
    """
    require(actor, "see_margins")
    require_reader(db, "see_margins")
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        names = [
            row[0]
            for row in cursor.execute(
                "SELECT DISTINCT set_sku FROM set_part WHERE shop_id = ? AND until_at IS NULL ORDER BY set_sku",
                (query.shop,),
            )
            if sku in (None, row[0])
        ]
        parts_of = {name: sets.parts_of(connection, name, query.shop) for name in names}
        prices = dict(
            cursor.execute(
                "SELECT sku, price_cents FROM variant WHERE shop_id = ? AND price_cents > 0", (query.shop,)
            ).fetchall()
        )
        costs = costs_of(connection, query.shop, {part.sku for parts in parts_of.values() for part in parts})
    rows: list[tuple[Any, ...]] = []
    for row in records(margins(db, query, actor=actor)) if names else ():
        parts = parts_of.get(str(row["variant"]), ())
        by_price = all(part.sku in prices for part in parts)
        weights = [part.pieces * (prices[part.sku] if by_price else 1) for part in parts]
        costing = [
            part.pieces * cost.unit_cents if (cost := valid_on(costs.get(part.sku, ()), query.end)) else 0
            for part in parts
        ]
        shares = [
            _shares(row[name], costing if name == "cost" and any(costing) else weights) for name in MONEY
        ]
        for place, part in enumerate(parts):
            money = [share[place] for share in shares]
            known = [cents for cents in money if cents is not None]
            left = (
                known[0] - sum(known[1:]) if row["margin"] is not None and len(known) == len(MONEY) else None
            )
            units = part.pieces * int(row["units"])
            rows.append((row["variant"], part.sku, part.pieces, units, *money, left, by_price))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[2:-1], "Int64"))


def _shares(cents: int | None, weights: Sequence[int]) -> Sequence[int | None]:
    """The shares of a sum, which may be missing."""
    return [None] * len(weights) if cents is None else split(int(cents), weights)
