"""What is left of each SKU's sales: for the owner only (rules: "Margin" in `shop.costs`)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from shop import cuts, floors, told
from shop.claims import SENT
from shop.costing import BASIS, half_up
from shop.db import Database
from shop.money import split
from shop.payout_facts import INCOME
from shop.people import Actor, require
from shop.query import Query, answer
from shop.shops import shop_facts
from shop.unit_costs import UnitCost, costs_of, valid_on

LINES = f"""
SELECT l.platform, l.order_id, l.line_id, l.paid_on, m.sku, l.quantity, l.is_gift, l.status,
  l.shipped_at, l.currency, l.buyer_paid_cents, l.buyer_paid_cents + l.platform_discount_cents,
  {cuts.MATCHED}
FROM order_line l INDEXED BY order_line_paid_on {cuts.BY_NAME.format(of="l")}
WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND l.currency = :currency
"""
# Money given back for goods that never left: a case that asks for goods back proves that they did.
BEFORE_SENDING = f"""
SELECT r.platform, r.order_id, r.line_id, SUM(r.amount_cents) FROM refund r
WHERE r.shop_id = :shop AND r.refunded_on >= :start AND {told.COUNTS}
  AND r.stage <> 'after_ship' AND r.kind NOT IN ('return_refund', 'exchange', 'resend')
GROUP BY r.platform, r.order_id, r.line_id
"""
RETURNED = """
SELECT platform, order_id, line_id, SUM(whole) FROM return_receipt
WHERE shop_id = :shop AND whole > 0 GROUP BY platform, order_id, line_id
"""
SETTLED = f"""
SELECT s.platform, s.order_id, s.line_id,
  SUM({INCOME} - s.paid_out_cents - s.commission_cents), SUM(s.commission_cents)
FROM settlement s WHERE s.shop_id = :shop AND s.settled_on >= :start AND s.currency = :currency
GROUP BY s.platform, s.order_id, s.line_id
"""
Key = tuple[str, str, str]  # platform, order, line


@dataclass(frozen=True)
class Sold:
    """One paid line with what became of it: pieces that left for good, refund share, fees.

    Without fees its order is not settled yet.
    """

    key: Key
    on: date
    sku: str | None
    group: str
    pieces: int
    is_gift: bool
    gmv_cents: int
    fee_cents: int | None = None
    commission_cents: int | None = None


def sold_lines(connection: Connection, query: Query) -> list[Sold]:
    """The lines paid in a range (gifts too), each with the pieces that left for good and its fees.

    `query` gives range, shop, currency and the platforms; other conditions are not looked at.
    """
    cursor: Any = connection.connection.driver_connection
    values = {
        "shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat(),
        "currency": _currency(connection, query),
    }  # fmt: skip
    platforms = {name for one, names in query.where if one == "platform" for name in names}
    rows = [row for row in cursor.execute(LINES, values) if not platforms or row[0] in platforms]
    unsent = _unsent(cursor, values, rows)
    returned = {tuple(row[:3]): row[3] for row in cursor.execute(RETURNED, values)}
    fees = _fees(cursor, values, rows)
    return [
        Sold(
            key=(row[0], row[1], row[2]), on=date.fromisoformat(row[3]), sku=row[4], group=row[12],
            pieces=0 if tuple(row[:3]) in unsent else max(row[5] - returned.get(tuple(row[:3]), 0), 0),
            is_gift=bool(row[6]), gmv_cents=0 if row[6] else row[11],
            fee_cents=fees[row[:3]][0] if row[:3] in fees else None,
            commission_cents=fees[row[:3]][1] if row[:3] in fees else None,
        )
        for row in rows
    ]  # fmt: skip


def _currency(connection: Connection, query: Query) -> str:
    return query.currency or shop_facts(connection, query.shop).currency


def _unsent(cursor: Any, values: dict[str, Any], rows: list[Any]) -> set[tuple[str, ...]]:
    """The lines whose pieces never left: cancelled, or paid back in all, before they were sent."""
    found = {tuple(row[:3]) for row in rows if row[7] == "cancelled" and row[8] is None}
    of_line: dict[tuple[str, ...], int] = {}
    of_order: defaultdict[tuple[str, str], int] = defaultdict(int)
    for platform, order, line, cents in cursor.execute(BEFORE_SENDING, values):
        of_line[platform, order, line] = cents
        of_order[platform, order] += cents
    if not of_order:
        return found
    paid: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if (row[0], row[1]) in of_order:
            paid[row[0], row[1]] += row[10]
    for row in rows:
        order = (row[0], row[1])
        if order not in of_order or row[8] is not None or row[7] in SENT:
            continue
        own = of_line.get(tuple(row[:3]), 0)
        if 0 < row[10] <= own or 0 < paid[order] <= of_order[order]:
            found.add(tuple(row[:3]))
    return found


def _fees(
    cursor: Any, values: dict[str, Any], rows: list[Any]
) -> dict[tuple[str, ...], tuple[int, int]]:
    """Fees and commission of each settled line; those of a whole order are split over its lines."""
    lines: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        if not row[6]:
            lines[row[0], row[1]][row[2]] = row[10]
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for platform, order, line, *fees in cursor.execute(SETTLED, values):
        known = lines.get((platform, order))
        if not known:
            continue
        for other in known:
            found[platform, order, other]  # the order is settled: nothing of it is estimated
        ids = [line] if line in known else sorted(known)
        weights = [known[one] for one in ids]
        for place, cents in enumerate(fees):
            for one, share in zip(ids, split(cents, weights), strict=True):
                found[platform, order, one][place] += share
    return {key: (pair[0], pair[1]) for key, pair in found.items()}


@dataclass
class Cost:
    """What the sold pieces of one group cost: of how many it is known, and of how many not.

    `open_pieces` are those whose cost is known but not complete yet.
    """

    pieces: int = 0
    cents: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    unknown_pieces: int = 0
    open_pieces: int = 0

    def add(self, pieces: int, cost: UnitCost | None) -> None:
        """Add pieces at what one of them costs."""
        self.pieces += pieces
        if cost is None:
            self.unknown_pieces += pieces
            return
        self.cents += pieces * cost.unit_cents
        self.open_pieces += 0 if cost.is_complete else pieces
        for name in ("material", "kiln", "loss", "packing"):
            part = getattr(cost, f"{name}_cents")
            self.parts[name] = self.parts.get(name, 0) + pieces * part
        rest = cost.unit_cents - sum(
            getattr(cost, f"{name}_cents") for name in ("material", "kiln", "loss", "packing")
        )
        self.parts["typed"] = self.parts.get("typed", 0) + pieces * rest


def sold_costs(db: Database, query: Query) -> dict[str, Cost]:
    """What the pieces cost that were paid in a range and left for good, by our SKU.

    What is not matched to a SKU (or set aside as no piece of the shop) stands under its group of
    `shop.cuts`; pieces set aside cost nothing. `parts` are material, kiln, loss, packing and typed
    (by the owner, not parted). Only the owner is shown this.
    """
    with db.read() as connection:
        costs = costs_of(connection, query.shop)
        return _costs(sold_lines(connection, query), costs, _currency(connection, query))


def _costs(lines: list[Sold], costs: dict[str, list[UnitCost]], currency: str) -> dict[str, Cost]:
    """What pieces sold in one currency cost; a cost in another one says nothing here."""
    found: defaultdict[str, Cost] = defaultdict(Cost)
    for line in lines:
        if line.pieces and line.group != cuts.IGNORED:
            known = [one for one in costs.get(line.sku or "", ()) if one.currency == currency]
            cost = valid_on(known, line.on)
            found[line.group].add(line.pieces, cost)
    return dict(found)


COLUMNS = ("gmv", "refunds_by_order", "fees", "commission", "cost", "margin", "pieces",
           "unknown_pieces", "open_pieces", "estimated")  # fmt: skip


def margins(db: Database, query: Query, *, actor: Actor) -> pd.DataFrame:
    """Each SKU's margin over the lines paid in a range, the greatest gmv first; for the owner only.

    One row per SKU (and group of what is not matched). Columns: variant, gmv, refunds_by_order,
    units, fees, commission, cost, margin (cents); pieces that left for good, of them
    unknown_pieces without a known cost and open_pieces whose cost is not complete; estimated (cents
    of fees and commission that are not settled yet). The margin is missing where any piece's cost is
    unknown. Raises NotAllowed.
    """
    require(actor, "see_margins")
    asked = replace(
        query, metrics=("gmv", "refunds_by_order", "units"), by=("variant",), cut_at=None
    )
    table = answer(db, asked)
    with db.read() as connection:
        lines = sold_lines(connection, query)
        costs = _costs(lines, costs_of(connection, query.shop), _currency(connection, query))
    fees = _fees_by_group(db, query, lines)
    rows = []
    for group, gmv, refunds, units in table.itertuples(index=False):
        cost = costs.get(group, Cost())
        kept, commission, guessed = fees.get(group, (0, 0, 0))
        is_known = not cost.unknown_pieces
        left = int(gmv) - int(refunds) - kept - commission - cost.cents if is_known else None
        rows.append((group, int(gmv), int(refunds), int(units), kept, commission,
                     cost.cents if is_known else None, left, cost.pieces, cost.unknown_pieces,
                     cost.open_pieces, guessed))  # fmt: skip
    names = ["variant", "gmv", "refunds_by_order", "units", "fees", "commission", "cost", "margin",
             "pieces", "unknown_pieces", "open_pieces", "estimated"]  # fmt: skip
    found = pd.DataFrame(rows, columns=names)
    found = found.astype(dict.fromkeys(names[1:], "Int64"))
    return found.sort_values(["gmv", "variant"], ascending=[False, True], ignore_index=True)


def _fees_by_group(
    db: Database, query: Query, lines: list[Sold]
) -> dict[str, tuple[int, int, int]]:
    """Fees and commission of each group, and how much of both is estimated."""
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    open_gmv: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        if line.fee_cents is not None:
            found[line.group][0] += line.fee_cents
            found[line.group][1] += line.commission_cents or 0
        else:
            open_gmv[line.group, line.key[0]] += line.gmv_cents
    for (group, platform), refund in _open_refunds(db, query, lines).items():
        open_gmv[group, platform] -= refund
    for (group, platform), base in open_gmv.items():
        held = floors.terms(db, platform, shop_id=query.shop)
        for place, rate in enumerate((held.fee_bp, held.commission_bp)):
            guess = half_up(Fraction(max(base, 0) * rate, BASIS))
            found[group][place] += guess
            found[group][2] += guess
    return {group: (sums[0], sums[1], sums[2]) for group, sums in found.items()}


def _open_refunds(db: Database, query: Query, lines: list[Sold]) -> dict[tuple[str, str], int]:
    """What was given back of orders that are not settled, by group and platform."""
    settled = {line.key[:2] for line in lines if line.fee_cents is not None}
    open_orders = {line.key[:2] for line in lines} - settled
    sql = told.shares(
        told.PAID_WITH_REFUND, told.FIRST_PAID.replace("= :day", "BETWEEN :start AND :end")
    )
    joined = (
        f"SELECT s.platform, s.order_id, s.share, {cuts.MATCHED} FROM "
        f"(SELECT *, :shop AS shop_id FROM ({sql})) s {cuts.BY_NAME.format(of='s')}"
    )
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    with db.read() as connection:
        cursor: Any = connection.connection.driver_connection
        values = {
            "shop": query.shop, "start": query.start.isoformat(), "end": query.end.isoformat()
        }  # fmt: skip
        for platform, order, share, group in cursor.execute(joined, values):
            if (platform, order) in open_orders:
                found[group, platform] += share
    return dict(found)
