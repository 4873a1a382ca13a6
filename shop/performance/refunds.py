"""Refunds by stage of the order and reason of the buyer.

A case is before_ship (nothing had left the studio), in_transit (money only, requested before the order was
completed), received (the goods came back, or it was requested after completion), or shipped: sent, but
whether the buyer had it already is unknown. Money is of the day of the refund, so that the cases add
up to the figure `refunds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import text

from shop.db.database import Database
from shop.metrics.query import Query
from shop.metrics.refund_sql import COUNTS
from shop.metrics.settings import currency_of
from shop.stats.proportions import Rate

STAGES = ("before_ship", "in_transit", "received", "shipped", "unknown")
COMPLETED_UNKNOWN_WHEN = -1
STAGE_OF_CASE = f"""
CASE
  WHEN r.stage = 'before_ship' THEN 'before_ship'
  WHEN r.kind = 'return_refund' THEN 'received'
  WHEN r.stage <> 'after_ship' THEN 'unknown'
  WHEN r.done_at = {COMPLETED_UNKNOWN_WHEN} OR r.requested_at IS NULL THEN 'shipped'
  WHEN r.requested_at >= r.done_at THEN 'received'
  ELSE 'in_transit'
END
"""
CASES = f"""
SELECT {STAGE_OF_CASE} AS stage, COALESCE(r.reason, '') AS reason,
  COALESCE(MAX(r.reason_label), '') AS label, COUNT(*) AS cases, SUM(r.amount_cents) AS cents
FROM (
  SELECT r.*, (
    SELECT COALESCE(MAX(l.completed_at),
      CASE WHEN MAX(l.status = 'completed') THEN {COMPLETED_UNKNOWN_WHEN} END)
    FROM order_line l
    WHERE l.shop_id = r.shop_id AND l.platform = r.platform AND l.order_id = r.order_id
  ) AS done_at
  FROM refund r INDEXED BY refund_refunded_on
  WHERE r.shop_id = :shop AND r.refunded_on BETWEEN :start AND :end AND r.currency = :currency
    AND {COUNTS}{{}}
) r
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class StageRefunds:
    """The refunds of one stage: their cases among all cases of the range, and their money."""

    stage: str
    cases: Rate
    cents: int


def refund_cases(db: Database, query: Query) -> pd.DataFrame:
    """What was refunded in the range, one row per stage and reason, the greatest sum first.

    Columns: stage, reason as the buyer chose it, label (the platform's group of it), cases, cents,
    and share of all that was refunded. Of `query` its days, platform and currency count.
    """
    platforms = next((values for name, values in query.where if name == "platform"), None)
    narrow, values = _platforms(platforms)
    if query.cut_at is not None:
        narrow += " AND (r.refunded_on < :end OR COALESCE(r.refunded_at, 0) < :until)"
    with db.read() as connection:
        rows = connection.execute(
            text(CASES.format(narrow)),
            {
                "shop": query.shop,
                "start": query.start.isoformat(),
                "end": query.end.isoformat(),
                "currency": currency_of(connection, query),
                "until": query.cut_at,
                **values,
            },
        ).fetchall()
    table = pd.DataFrame(rows, columns=["stage", "reason", "label", "cases", "cents"])
    table = table.astype({"cases": "Int64", "cents": "Int64"})
    whole = int(table["cents"].sum())
    table["share"] = pd.array([int(c) / whole for c in table["cents"]] if whole else [], "Float64")
    return table.sort_values(["cents", "cases", "reason"], ascending=[False, False, True], ignore_index=True)


def _platforms(platforms: Sequence[str] | None) -> tuple[str, dict[str, str]]:
    if platforms is None:
        return "", {}
    names = {f"platform{place}": name for place, name in enumerate(platforms)}
    return f" AND r.platform IN ({', '.join(f':{name}' for name in names) or 'NULL'})", names


def by_stage(table: pd.DataFrame) -> list[StageRefunds]:
    """The answer of `cases` by stage, in the order of an order's life; stages without a case left out."""
    tables = {name: table[table["stage"] == name] for name in STAGES}
    return [
        StageRefunds(name, Rate(int(of["cases"].sum()), int(table["cases"].sum())), int(of["cents"].sum()))
        for name, of in tables.items()
        if len(of)
    ]
