"""The TikTok Shop order export: dollars, English titles, one row per SKU of an order."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample_data.generator.buyers import tiktok_personal
from sample_data.generator.catalog import Catalog
from sample_data.generator.clock import DAY, HOUR
from sample_data.generator.columns import Ints, Mask, blank, day_first_stamps, ids, joined, money, pick, same
from sample_data.generator.douyin.order_lines import UNKNOWN, Span, any_hour, day_of_orders, sizes_of
from sample_data.generator.expected import Ledger, Refunds, Sales
from sample_data.generator.headers import TIKTOK_ORDERS
from sample_data.generator.plan import Plan

# The amounts name no currency (real files may: "USD 12.50"); the buyers' country implies it.
CURRENCY = "USD"
DESCRIPTIONS = {
    "Order ID": "Platform unique order ID.",
    "Order Status": "Current order status.",
    "SKU ID": "Platform SKU ID.",
    "Seller SKU": "Seller's own SKU.",
    "Quantity": "SKU sold quantity.",
    "Created Time": "The time the order was created.",
    "Paid Time": "The time the order was paid.",
}
SECOND_HEADER = tuple(DESCRIPTIONS.get(header, f"{header}.") for header in TIKTOK_ORDERS)
STATUSES = ("Unpaid", "To ship", "Shipped", "Completed", "Canceled")
REASONS = ("", "Customer overdue to pay", "Damaged on arrival", "Changed my mind")


@dataclass
class OrderRows:
    """One entry per row (SKU of an order), in order of time; cents, wall-clock seconds.

    `refund` is the row's own part of the order's refund; `cancelled` is 0 for a refund without one.
    """

    order: Ints
    order_id: Ints
    leads: Ints
    buyer: Ints
    variant: Ints
    quantity: Ints
    unit_price: Ints
    seller_discount: Ints
    platform_discount: Ints
    shipping: Ints
    created: Ints
    paid: Ints
    shipped: Ints
    cancelled: Ints
    refund: Ints

    def __len__(self) -> int:
        return len(self.order)

    @property
    def list_value(self) -> Ints:
        """The export's SKU Subtotal Before Discount."""
        return self.unit_price * self.quantity

    @property
    def buyer_paid(self) -> Ints:
        """The export's SKU Subtotal After Discount."""
        return self.list_value - self.seller_discount - self.platform_discount

    def where(self, mask: Mask) -> "OrderRows":
        """Return only the rows of a mask."""
        return OrderRows(*(column[mask] for column in vars(self).values()))


def make_rows(span: Span, plan: Plan, now: int) -> OrderRows:
    """Return the span's rows that exist at `now`."""
    catalog = plan.catalog
    rng = np.random.default_rng([*span.seed, 41])
    size = sizes_of(rng, span.counts, 0.85)
    created, paid = _moments(span, day_of_orders(span.counts, size), now, rng)
    orders, count = len(size), int(size.sum())
    order = np.repeat(np.arange(orders), size)
    place = np.arange(count) - np.repeat(np.cumsum(size) - size, size)
    # No SKU twice in one order: the export has no line id to distinguish them.
    first: Ints = np.searchsorted(catalog.demand, rng.random(orders), side="right")
    variant = (first[order] + place * 7) % catalog.family_size
    quantity = 1 + np.searchsorted([0.85, 0.97], rng.random(count), side="right")
    for line, piece in plan.twice:
        if span.first_line <= line < span.first_line + count:
            variant[line - span.first_line], quantity[line - span.first_line] = piece, 1
    off = _discounts(catalog.prices_usd[variant] * quantity, rng)
    wait = DAY + (rng.random(orders) * 3 * DAY).astype(np.int64)
    rows = OrderRows(
        order=order,
        order_id=_order_ids(created)[order],
        leads=place == 0,
        buyer=plan.crowd.choose(rng, orders)[order],
        variant=variant,
        quantity=quantity,
        unit_price=catalog.prices_usd[variant],
        seller_discount=off[0],
        platform_discount=off[1],
        shipping=np.where(rng.random(orders) < 0.5, 599, 0)[order],
        created=created[order],
        paid=paid[order],
        shipped=np.where(paid > 0, paid + wait, 0)[order],
        cancelled=np.zeros(count, dtype=np.int64),
        refund=np.zeros(count, dtype=np.int64),
    )
    _refund_some(rows, size, rng)
    return _as_known(rows.where(rows.created <= now), now)


def _moments(span: Span, day: Ints, now: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return when each order was created, in order, and when it was paid (0: not by `now`)."""
    end = span.midnight + len(span.counts) * DAY
    at = span.midnight + day * DAY + any_hour(rng, len(day))
    created = np.sort(np.minimum(at, end - 60))
    delay = 5 + (rng.random(len(day)) * 300).astype(np.int64)
    paid = np.minimum(created + delay, end - 1)
    return created, np.where((rng.random(len(day)) < 0.04) | (paid > now), 0, paid)


def _discounts(values: Ints, rng: np.random.Generator) -> Ints:
    """Return what seller and platform take off, in cents: to a ninth each, on a third of rows."""
    percent = (rng.random((2, len(values))) * 12).astype(np.int64)
    return np.where(rng.random((2, len(values))) < 0.35, values * percent // 100, 0)


def _order_ids(created: Ints) -> Ints:
    in_second: Ints = np.arange(len(created)) - np.searchsorted(created, created)
    tail = (created * 48_271 + in_second * 7) % 9_000 + 3
    return 577_000_000_000_000_000 + created * 1_000_000 + in_second * 10_000 + tail


def _refund_some(rows: OrderRows, size: Ints, rng: np.random.Generator) -> None:
    """Refund a few orders whole (cancelled), and a few of a single row in part."""
    draws = rng.random(len(size))
    wait = (rng.random(len(size)) * 8 * DAY).astype(np.int64)
    whole = (draws < 0.03)[rows.order] & (rows.paid > 0)
    part = ((draws > 0.985) & (size == 1))[rows.order] & (rows.paid > 0)
    rows.cancelled = np.where(whole, rows.paid + HOUR + wait[rows.order], 0)
    half = rows.buyer_paid // 2
    rows.refund = np.where(whole, rows.buyer_paid, np.where(part, half, 0))


def _as_known(rows: OrderRows, now: int) -> OrderRows:
    """Clear what has not happened by `now`."""
    later = rows.cancelled > now
    rows.refund = np.where(later, 0, rows.refund)
    rows.cancelled = np.where(later, 0, rows.cancelled)
    gone = (rows.cancelled > 0) & (rows.shipped > rows.cancelled)
    rows.shipped = np.where(gone | (rows.shipped > now), 0, rows.shipped)
    return rows


def row_columns(rows: OrderRows, catalog: Catalog, now: int) -> dict[str, pa.Array]:
    """Return the export's columns; order-wide amounts repeat on each row of the order."""
    count = len(rows)
    arrived = (rows.shipped > 0) & (rows.shipped + 9 * DAY <= now) & (rows.cancelled == 0)
    delivered = np.where(arrived, rows.shipped + 9 * DAY, 0)
    total = _per_order(rows, rows.buyer_paid) + rows.shipping
    none = money(np.zeros(count, dtype=np.int64))
    return {
        "Order ID": ids(rows.order_id, before="", after="\t"),
        **_status_columns(rows, delivered, now),
        "Normal or Pre-order": same("Normal", count),
        "SKU ID": ids(1_729_400_000_000_000_000 + rows.variant * 1_000_003, before="", after="\t"),
        "Seller SKU": pick([variant.sku for variant in catalog.variants], rows.variant),
        "Product Name": pick([variant.title_en for variant in catalog.variants], rows.variant),
        "Variation": pick([variant.spec_en for variant in catalog.variants], rows.variant),
        "Quantity": pa.array(rows.quantity),
        "SKU Quantity Return": pa.array(np.where(rows.cancelled > 0, rows.quantity, 0)),
        "SKU Unit Original Price": money(rows.unit_price),
        "SKU Subtotal Before Discount": money(rows.list_value),
        "SKU Platform Discount": money(rows.platform_discount),
        "SKU Seller Discount": money(rows.seller_discount),
        "SKU Subtotal After Discount": money(rows.buyer_paid),
        "Shipping Fee After Discount": money(rows.shipping),
        "Original Shipping Fee": money(rows.shipping),
        "Shipping Fee Seller Discount": none,
        "Shipping Fee Platform Discount": none,
        "Payment Platform Discount": none,
        "Taxes": none,
        "Order Amount": money(total),
        "Order Refund Amount": money(_per_order(rows, rows.refund)),
        "Delivery Option": same("Standard shipping", count),
        "Shipping Provider Name": same("Yanwen", count),
        "Buyer Message": blank(count),
        "Payment Method": same("Credit/Debit Card", count),
        **tiktok_personal(rows.buyer),
    }


def _per_order(rows: OrderRows, values: Ints) -> Ints:
    sums = np.bincount(rows.order, weights=values)
    return sums.astype(np.int64)[rows.order]


def count(rows: OrderRows, ledger: Ledger, start: int) -> None:
    """Enter paid rows and refunds in the ledger; a refund not cancelled counts on the paid day."""
    paid = rows.where(rows.paid > 0)
    day = (paid.paid - start) // DAY
    unknown = np.full(len(paid), UNKNOWN)
    money = {
        "gmv": paid.list_value - paid.seller_discount,
        "buyer_paid": paid.buyer_paid,
        "list_value": paid.list_value,
        "seller_discounts": paid.seller_discount,
        "platform_discounts": paid.platform_discount,
    }
    ledger.sell(
        Sales(
            day,
            paid.variant,
            unknown,
            paid.order,
            paid.buyer,
            paid.leads,
            paid.quantity,
            money,
            np.where(paid.leads, paid.shipping, 0),
            np.ones(len(paid.order), bool),
        )
    )
    back = paid.refund > 0
    given_at = np.where(paid.cancelled > 0, paid.cancelled, paid.paid)[back]
    ledger.refund(
        Refunds(
            (given_at - start) // DAY,
            day[back],
            paid.variant[back],
            unknown[back],
            paid.refund[back],
            paid.order[back],
        )
    )


def _status_columns(rows: OrderRows, delivered: Ints, now: int) -> dict[str, pa.Array]:
    open_state = np.where(delivered > 0, 3, np.where(rows.shipped > 0, 2, 1))
    unpaid = np.where(rows.created > now - DAY, 0, 4)
    status = np.where(rows.paid == 0, unpaid, np.where(rows.cancelled > 0, 4, open_state))
    overdue = np.where((rows.paid == 0) & (status == 4), rows.created + DAY, 0)
    reason = np.where(overdue > 0, 1, np.where(rows.cancelled > 0, 2 + rows.order % 2, 0))
    kind = np.where(status == 4, 1, np.where(rows.refund > 0, 2, 0))
    return {
        "Order Status": pick(STATUSES, status),
        "Order Substatus": pick(STATUSES, status),
        "Cancellation Return Type": pick(("", "Cancel", "Return/Refund"), kind),
        "Created Time": joined(day_first_stamps(rows.created), "\t"),
        "Paid Time": joined(day_first_stamps(rows.paid), "\t"),
        "Shipped Time": joined(day_first_stamps(rows.shipped), "\t"),
        "Delivered Time": joined(day_first_stamps(delivered), "\t"),
        "Cancelled Time": joined(day_first_stamps(rows.cancelled + overdue), "\t"),
        "Cancel Reason": pick(REASONS, reason),
        "Tracking ID": blank(len(rows)),
    }
