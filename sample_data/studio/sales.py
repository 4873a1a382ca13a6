"""What was sold, piece by piece, as the workshop needs to know it: when it left, if it came back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from sample_data.generator import tiktok
from sample_data.generator.buyers import PLACES
from sample_data.generator.clock import unix
from sample_data.generator.columns import Ints
from sample_data.generator.douyin import exports, settlement
from sample_data.generator.douyin.aftersale import KINDS
from sample_data.generator.plan import Plan
from sample_data.generator.practice import tiktok_plan_of
from sample_data.mock_platforms.history.orders import CANCELLED, Order, by

CURRENCIES = {"douyin": exports.CURRENCY, "kuaishou": exports.CURRENCY, "tiktok": tiktok.CURRENCY}
RETURNS = tuple(place for place, kind in enumerate(KINDS) if kind.type == "退货退款")


@dataclass(frozen=True, slots=True)
class Sale:
    """One paid order line. Moments are Unix seconds (0: not so), money is cents of `currency`.

    `cancelled` is one that never left the studio; `comes_back` one whose goods the buyer sends back
    for the money. `fee` and `commission` are what the platform deducted, where it has settled. What follows
    is known of lines in files only: `partner`, who sold; `listed` and `paid_cents` (without shipping), `shipping` less
    what was refunded of it, `shipped`, the parcel left.
    """

    platform: str
    order_id: str
    line_id: str
    sku: str
    quantity: int
    paid: int
    currency: str
    gmv: int
    refund: int = 0
    cancelled: bool = False
    comes_back: bool = False
    settled: bool = False
    fee: int = 0
    commission: int = 0
    partner: bool = False
    listed: int = 0
    paid_cents: int = 0
    shipping: int = 0
    shipped: bool = False
    province: str = ""

    @property
    def takes(self) -> int:
        """How many pieces it takes from stock for good or until they are sent back."""
        return 0 if self.cancelled else self.quantity


def sales_of(plan: Plan) -> list[Sale]:
    """Return all paid lines of a practice shop's files, in order of payment."""
    sales: list[Sale] = []
    if "douyin" in plan.platforms:
        sales += _douyin(plan)
    if "tiktok" in plan.platforms:
        sales += _tiktok(plan)
    return sorted(sales, key=lambda sale: (sale.paid, sale.platform, sale.order_id, sale.line_id))


def _douyin(plan: Plan) -> Iterable[Sale]:
    for _, first, after in plan.months():
        for span in plan.spans(first, after):
            lines, cases = exports.make_span(plan, span)
            payouts = settlement.settle(lines, cases, plan.now)
            count = len(lines)
            given = cases.refunded > 0
            refund = _put(count, cases.line[given], cases.amount[given])
            back = np.zeros(count, dtype=bool)
            back[cases.line[given & np.isin(cases.kind, RETURNS)]] = True
            settled = np.zeros(count, dtype=bool)
            settled[payouts.line] = True
            columns = (
                lines.order_id,
                lines.line_id,
                lines.variant,
                lines.quantity,
                lines.paid,
                lines.gmv,
                refund,
                lines.closed & (lines.shipped == 0),
                back,
                settled,
                -_put(count, payouts.line, payouts.fee),
                -_put(count, payouts.line, payouts.commission),
                lines.partner >= 0,
                lines.list_value,
                lines.buyer_paid,
                lines.shipping - _put(count, cases.line[given], cases.shipping[given]),
                lines.shipped > 0,
                np.array([place[0] for place in PLACES])[lines.buyer * 7 % len(PLACES)],
            )
            for order, line, variant, quantity, paid, gmv, *rest in zip(
                *(column.tolist() for column in columns), strict=True
            ):
                if paid:
                    sku = plan.catalog.variants[variant].sku
                    yield Sale(
                        "douyin",
                        str(order),
                        str(line),
                        sku,
                        quantity,
                        unix(paid),
                        exports.CURRENCY,
                        gmv,
                        *rest,
                    )


def _tiktok(plan: Plan) -> Iterable[Sale]:
    """Sales on TikTok; a file names no line, so that a line is known by its order and SKU."""
    tiktok_plan = tiktok_plan_of(plan)
    for _, first, after in tiktok_plan.months():
        for span in tiktok_plan.spans(first, after):
            rows = tiktok.make_rows(span, tiktok_plan, plan.now)
            gmv = rows.list_value - rows.seller_discount
            columns = (
                rows.order_id,
                rows.variant,
                rows.quantity,
                rows.paid,
                gmv,
                rows.refund,
                (rows.cancelled > 0) & (rows.shipped == 0),
                (rows.cancelled > 0) & (rows.shipped > 0),
                rows.buyer_paid,
            )
            for order, variant, quantity, moment, *rest, paid in zip(
                *(column.tolist() for column in columns), strict=True
            ):
                if moment:
                    sku = plan.catalog.variants[variant].sku
                    sale = Sale(
                        "tiktok", str(order), sku, sku, quantity, unix(moment), tiktok.CURRENCY, *rest
                    )
                    yield replace(sale, paid_cents=paid)


def sales_of_orders(platform: str, orders: Iterable[Order], now: int, reach: int) -> list[Sale]:
    """Return the paid lines of a mock platform's orders at a moment (Unix seconds).

    Gifts are in its API alone, which omits orders that last changed before `reach`.
    """
    sales = []
    for order in orders:
        if not by(order.paid, now):
            continue
        for line in order.lines_at(now):
            if line.gift and last_change(order, now) < reach:
                continue
            back = [case for case in order.cases if case.line is line and by(case.refunded, now)]
            gone = order.status(line, now) == CANCELLED
            sales.append(
                Sale(
                    platform,
                    str(order.number),
                    str(line.number),
                    line.variant.sku,
                    line.quantity,
                    order.paid,
                    CURRENCIES[platform],
                    line.gmv,
                    sum(case.amount for case in back),
                    gone and not by(line.shipped, now),
                    any(case.kind in RETURNS for case in back),
                    paid_cents=line.buyer_paid,
                )
            )
    return sorted(sales, key=lambda sale: (sale.paid, sale.platform, sale.order_id, sale.line_id))


def last_change(order: Order, now: int) -> int:
    """Return when an order last changed, up to now."""
    return max((moment for moment in order.moments() if moment <= now), default=0)


def _put(size: int, places: Ints, values: Ints) -> Ints:
    sales: Ints = np.zeros(size, dtype=np.int64)
    np.add.at(sales, places, values)
    return sales
