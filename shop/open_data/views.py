"""VIEWS: every documented view by name, in the order in which they are created."""

from __future__ import annotations

from shop.open_data import payouts, sales, streams, workshop
from shop.open_data.columns import OpenView

VIEWS: dict[str, OpenView] = {
    view.name: view
    for view in (
        workshop.CALENDAR,
        sales.ORDER_LINE,
        sales.ORDERS,
        sales.REFUNDS,
        sales.REFUND_DAYS,
        sales.DAYS,
        sales.SKU_DAYS,
        payouts.SETTLEMENTS,
        payouts.PAYOUTS,
        streams.SESSIONS,
        streams.MINUTES,
        streams.VIDEOS,
        streams.VIDEO_DAYS,
        streams.CONTENT_DAYS,
        streams.COMMENTS,
        streams.AUTHORS,
        streams.AD_SPEND,
        workshop.VARIANTS,
        workshop.STOCK,
        workshop.STOCK_MOVEMENTS,
        workshop.KILN,
        workshop.KILN_LOSSES,
        workshop.BATCHES,
        workshop.UNIT_COSTS,
    )
}
