"""The part "pre-sale": deposits of the last months, what became of them, and the balances that are due."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.metrics import Column
from dashboard.text.tiles import Tile
from dashboard.ui import cache, filters, tables, text, tiles
from dashboard.views.orders import common
from shop.metrics.query import Query
from shop.performance import presale
from shop.performance.presale import PresaleOrder, PresaleSums

LOOK_BACK = timedelta(days=180)


def deposits() -> None:
    """One sentence and tiles of what became of the deposits, then every order with a deposit."""
    on = filters.view().at.on
    orders = cache.cached(presale.presale_orders, Query(("gmv",), on - LOOK_BACK, on))
    if not orders:
        text.note(t("orders.presale.none"))
        return
    sums = presale.presale_sums(orders)
    overdue = sum(order.is_overdue(common.now()) for order in orders)
    to_come = sum(order.state == "open" for order in orders)
    text.lines(
        [
            t(
                f"orders.presale.sentence.{'overdue' if overdue else 'plain' if to_come else 'settled'}",
                orders=to_come,
                cents=sums.balance_open,
                overdue=overdue,
            )
        ]
    )
    tiles.show(_tiles(sums))
    if sums.unknown:
        text.note(t("orders.presale.unknown", orders=sums.unknown))
    tables.show("presale", _table(orders), _columns())
    text.note(t("orders.presale.note"))


def _tiles(sums: PresaleSums) -> list[Tile]:
    names = ("deposits", "sold", "open", "refunded", "retained")
    shown = [
        Tile(
            t(f"orders.presale.{name}"),
            format.money(getattr(sums, name)),
            tip=t(f"orders.presale.tips.{name}"),
        )
        for name in names
    ]
    base = t("orders.presale.decided", sold=sums.conversion.over, decided=sums.conversion.under)
    conversion = Tile(
        t("orders.presale.conversion"),
        format.rate(sums.conversion.share),
        base=base,
        tip=t("orders.presale.tips.conversion"),
    )
    return [*shown, conversion]


def _table(orders: list[PresaleOrder]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "order": [order.order_id for order in orders],
            "platform": [catalog.platform(order.platform) for order in orders],
            "deposit_on": [order.deposit_on.isoformat() for order in orders],
            "deposit": pd.array([order.deposit_cents for order in orders], "Int64"),
            "balance": pd.array([order.balance_cents for order in orders], "Int64"),
            "due": [common.when(order.balance_due_at) for order in orders],
            "state": [_state(order) for order in orders],
        }
    )


def _state(order: PresaleOrder) -> str:
    name = "overdue" if order.is_overdue(common.now()) else order.state
    return t(f"orders.presale.states.{name}")


def _columns() -> list[Column]:
    return [
        Column("order", t("orders.presale.order")),
        Column("platform", t("costs.platform")),
        Column("deposit_on", t("orders.presale.deposit_on"), "day"),
        Column("deposit", t("orders.presale.deposit"), "money"),
        Column("balance", t("orders.presale.balance"), "money"),
        Column("due", t("orders.presale.due")),
        Column("state", t("orders.presale.state")),
    ]
