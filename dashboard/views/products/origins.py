"""The part of the Products page about origin: how the pieces of each firing or maker sold."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import rates
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.text.products import called, cut_name, cut_title
from dashboard.ui import actor as people
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.filters import View
from dashboard.views.products.common import between, chooser, nothing
from shop.performance.origins import Origin
from shop.performance.origins import origins as read_origins

CHARTED = 14


def show(view: View) -> None:
    """How the pieces of each firing, or of each maker, sold since; margins for the owner only."""
    cut = chooser(("firing", "maker"), "made_by")
    actor = people.actor()
    result = cache.cached(
        read_origins,
        view.period.start,
        view.period.end,
        by="maker" if cut == "maker" else "firing",
        actor=actor,
        currency=view.currency,
    )
    if not result:
        nothing("no_firings", "kiln", "local_fire_department")
        return
    names = [called(item.part) for item in result]
    table = _origins(result, names)
    may = actor.may("see_margins")
    tables.chart(
        "origins",
        t("performance.origins", cut=cut_name(cut)),
        lambda: rates.rates(names[:CHARTED], [item.sold for item in result[:CHARTED]], filters.colours()),
        t("performance.origins_alt"),
        table,
        origin_columns(cut, may=may),
    )
    tables.show("origins-all", table, origin_columns(cut, may=may))
    text.note(t("performance.origins_note"))


def _origins(result: list[Origin], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": names,
            "made_on": [item.finished_on for item in result],
            "pieces": [item.sold.under for item in result],
            "sold": [item.sold.over for item in result],
            "share": [item.sold.share for item in result],
            "sure": [between(item.sold) for item in result],
            "broken": [item.broken for item in result],
            "gmv": [item.gmv_cents for item in result],
            "refunds": [item.refund_cents for item in result],
            "margin": pd.array([item.margin_cents for item in result], "Int64"),
        }
    )


def origin_columns(cut: str, *, may: bool) -> list[Column]:
    """The columns of firings or makers; what they left is for the owner only."""
    margin = [Column("margin", t("performance.margin"), "money", t("performance.margin_tip"))]
    return [
        Column("name", cut_title(cut)),
        Column("made_on", t("performance.made_on")),
        Column("pieces", t("performance.made"), "count"),
        Column("sold", t("performance.sold"), "count"),
        Column("share", t("performance.sold_share"), "rate"),
        Column("sure", t("performance.sure"), tip=t("performance.sure_tip")),
        Column("broken", t("performance.broken_pieces"), "count"),
        Column("gmv", metrics.label_of("gmv"), "money"),
        Column("refunds", metrics.label_of("refunds"), "money"),
        *(margin if may else ()),
    ]
