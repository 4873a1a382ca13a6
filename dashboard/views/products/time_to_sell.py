"""The part of the Products page about time: how long pieces take to sell."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import rates
from dashboard.charts.rates import Named
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.text.products import called, cut_title
from dashboard.ui import cache, filters, tables, text
from dashboard.ui.filters import View
from dashboard.views.products.common import chooser, nothing
from shop.performance import time_to_sell
from shop.performance.time_to_sell import CurveGroup
from shop.stats.survival import Curve

CURVES = 4
FEWEST = 3  # pieces; a curve of fewer shows nothing
CUTS = ("all", *time_to_sell.CUTS)
AFTER = (30, 90)


def show(view: View) -> None:
    """How long numbered pieces take to sell, the unsold ones counted as not yet sold."""
    result = cache.cached(time_to_sell.piece_history, view.period.end)
    if not result.lives:
        nothing("no_pieces", "listings", "sell")
        return
    whole = time_to_sell.time_to_sell(result.lives)
    text.lines([unsold_note(whole)])
    cut = chooser(CUTS, "wait_by")
    groups = [CurveGroup("", whole)] if cut == "all" else time_to_sell.by(result.lives, cut)
    names = [t("performance.all_pieces") if cut == "all" else called(item.part) for item in groups]
    drawn = [
        Named(name, item.curve)
        for name, item in zip(names, groups, strict=True)
        if item.curve.pieces >= FEWEST
    ][:CURVES]
    tables.chart(
        "waiting",
        t("performance.curve"),
        lambda: rates.survival(
            drawn or [Named(t("performance.all_pieces"), whole)],
            filters.colours(),
            days=t("performance.days_offered"),
            unsold=t("performance.unsold"),
            band=t("performance.band"),
            censored=t("performance.censored"),
        ),
        t("performance.curve_alt"),
        _table(groups, names),
        _columns(cut),
    )
    if cut != "all":
        tables.show("waiting-by", _table(groups, names), _columns(cut))
    text.note(t("performance.curve_note"))
    if result.unknown:
        text.note(t("performance.uncounted", pieces=result.unknown))


def unsold_note(curve: Curve) -> str:
    """Half are sold after so many days: the answer in a sentence."""
    words = {"pieces": curve.pieces, "sold": curve.sold, "left": curve.pieces - curve.sold}
    if curve.median is None:
        return t("performance.no_median", **words)
    sure = "performance.median_between" if curve.median_high else "performance.median_from"
    if curve.median_low is None:
        sure = "performance.median"
    return t(sure, **words, days=curve.median, low=curve.median_low, high=curve.median_high)


def _table(groups: list[CurveGroup], names: list[str]) -> pd.DataFrame:
    rows = [
        {
            "name": name,
            "pieces": item.curve.pieces,
            "sold": item.curve.sold,
            "median": item.curve.median,
            "sure": sure_of(item.curve),
            **{f"after_{days}": _unsold(item.curve, days) for days in AFTER},
        }
        for name, item in zip(names, groups, strict=True)
    ]
    return pd.DataFrame(rows).astype({"median": "Int64"})


def _unsold(curve: Curve, days: int) -> float | None:
    """The share unsold after so many days; not known where no piece was watched that long."""
    return curve.unsold_after(days) if curve.last_day >= days else None


def sure_of(curve: Curve) -> str:
    """Between which days the median lies; open where not enough have sold yet."""
    low, high = curve.median_low, curve.median_high
    if low is None:
        return format.UNKNOWN
    return f"{low} – {high}" if high is not None else t("performance.at_least", days=low)


def _columns(cut: str) -> list[Column]:
    return [
        Column("name", t("performance.pieces_name") if cut == "all" else cut_title(cut)),
        Column("pieces", t("performance.pieces"), "count"),
        Column("sold", t("performance.sold"), "count"),
        Column("median", t("performance.half_sold"), "count", t("performance.half_sold_tip")),
        Column("sure", t("performance.sure"), tip=t("performance.sure_tip")),
        *(Column(f"after_{days}", t("performance.unsold_after", days=days), "rate") for days in AFTER),
    ]
