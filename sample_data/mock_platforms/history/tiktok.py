"""The TikTok shop behind the mock platforms: the orders of its export file, one item per piece."""

from collections import defaultdict
from types import SimpleNamespace

from sample_data.generator import tiktok
from sample_data.generator.clock import DAY, HOUR, unix
from sample_data.generator.plan import Plan
from sample_data.generator.practice import TIKTOK_SHARE
from sample_data.mock_platforms.history.orders import Case, Line, Order
from sample_data.mock_platforms.history.shop import Shop

CANCELLED, RETURNED, PART = 0, 2, 3  # places in `aftersale.KINDS`
SKU_IDS, PRODUCT_IDS = 1_729_400_000_000_000_000, 1_729_300_000_000_000_000
ARRIVES = 9 * DAY


def tiktok_plan(shop: Shop) -> Plan:
    """Return the plan of the TikTok shop, as `write_shop` makes it."""
    plan = shop.plan
    lines = shop.tiktok_lines
    total = int(plan.counts.sum() * TIKTOK_SHARE) if lines is None else lines
    return plan.tiktok_plan(total)


def tiktok_orders(plan: Plan, now: int) -> list[Order]:
    """Return the shop's orders with all that will ever happen to them; `now` is in Unix seconds."""
    orders: list[Order] = []
    later = plan.now + 200 * DAY
    for _, first, after in plan.months():
        for span in plan.spans(first, after):
            orders += _orders(tiktok.make_rows(span, plan, later), plan, now)
    return orders


def _orders(rows: tiktok.OrderRows, plan: Plan, now: int) -> list[Order]:
    orders: dict[int, Order] = {}
    places: dict[int, int] = defaultdict(int)
    columns = vars(rows)
    for cells in zip(*(column.tolist() for column in columns.values()), strict=True):
        row = SimpleNamespace(**dict(zip(columns, cells, strict=True)))
        order = orders.setdefault(
            row.order, Order(row.order_id, row.buyer, unix(row.created), unix(row.paid), [])
        )
        place = places[row.order]
        places[row.order] += 1
        order.cancelled = unix(row.cancelled)
        line = Line(
            row.order_id * 10 + place,
            plan.catalog.variants[row.variant],
            SKU_IDS + row.variant * 1_000_003,
            row.quantity,
            row.unit_price,
            row.seller_discount,
            row.platform_discount,
            shipping=row.shipping if place == 0 else 0,
            shipped=unix(row.shipped),
            done=unix(row.shipped) + ARRIVES if row.shipped and not row.cancelled else 0,
        )
        order.lines.append(line)
        if row.refund:
            order.cases.append(_case(order, line, row.refund, now))
    return list(orders.values())


def _case(order: Order, line: Line, amount: int, now: int) -> Case:
    """Return the refund case: in full on the day of the cancellation, in part some days later.

    The file has no time of a partial refund; here it is days after the payment, but known
    at the moment of export, as in the file.
    """
    number = line.number // 10 * 10 + 5 + line.number % 5
    if order.cancelled:
        kind = RETURNED if line.shipped else CANCELLED
        opened = order.cancelled - HOUR // 2
        return Case(number, order, line, kind, opened, order.cancelled, amount, 0, 5)
    wait = (3 + order.number // 10_000 % 6) * DAY
    ended = order.paid + wait
    if order.paid <= now:
        ended = max(min(ended, now), order.paid + 1)
    return Case(number, order, line, PART, (order.paid + ended) // 2, ended, amount, 0, 5)
