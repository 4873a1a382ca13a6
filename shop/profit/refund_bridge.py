"""How the three refund figures of a range relate: by refund day, by payment day of the orders, of settled lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shop.access.roles import may_read
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics import refund_sql
from shop.metrics.query import Query, total
from shop.metrics.settings import currency_of

# COALESCE: by the index of paid days the planner would read a month's lines for each refund.
PAID_IN_RANGE = "COALESCE(f.paid_on, '') BETWEEN :start AND :end"
IN_BOTH = f"""
SELECT r.platform, SUM(r.amount_cents) FROM {refund_sql.REFUNDED_ON}
WHERE r.shop_id = :shop AND r.refunded_on BETWEEN :start AND :end AND r.currency = :currency
  AND {refund_sql.COUNTS} AND EXISTS (
    SELECT 1 FROM order_line f WHERE f.platform = r.platform AND f.order_id = r.order_id
      AND {refund_sql.FIRST_PAID.replace("f.paid_on = :day", PAID_IN_RANGE)}
  )
GROUP BY r.platform
"""


@dataclass(frozen=True)
class RefundBridge:
    """Refunds of a range in cents: paid back in it, of the orders paid in it, and of both; `of_settled` is None for
    whoever may not see payouts.
    """

    by_refund_day: int
    in_both: int
    by_order: int
    of_settled: int | None

    @property
    def of_other_orders(self) -> int:
        """Paid back in the range for orders that were paid outside of it."""
        return self.by_refund_day - self.in_both

    @property
    def on_other_days(self) -> int:
        """Paid back outside of the range for orders that were paid in it."""
        return self.by_order - self.in_both

    @property
    def of_open(self) -> int:
        """Of the orders paid in the range: for lines that have no settlement."""
        return self.by_order - (self.of_settled or 0)


def refund_bridge(db: Database, query: Query) -> RefundBridge:
    """The refund figures of a query's range, shop, currency and platforms."""
    with db.read() as connection:
        query = replace(query, currency=currency_of(connection, query), cut_at=None, by=())
        values = {
            "shop": query.shop,
            "start": query.start.isoformat(),
            "end": query.end.isoformat(),
            "currency": query.currency,
        }
        platforms = {name for dimension, names in query.where if dimension == "platform" for name in names}
        rows = raw_cursor(connection).execute(IN_BOTH, values).fetchall()
    sees_payouts = may_read(db, "see_margins")
    names = ("refunds", "refunds_by_order", *(("settled_refunds",) if sees_payouts else ()))
    figures = total(db, replace(query, metrics=names))
    return RefundBridge(
        int(figures["refunds"] or 0),
        sum(cents for platform, cents in rows if not platforms or platform in platforms),
        int(figures["refunds_by_order"] or 0),
        int(figures["settled_refunds"] or 0) if sees_payouts else None,
    )
