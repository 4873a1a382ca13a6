"""The parts of the Products page about time and origin: how long pieces wait, how firings did."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import rates
from dashboard.charts.rates import Named
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import actor as people
from dashboard.ui import cache, filters, widgets
from dashboard.ui.filters import View
from dashboard.ui.widgets import Column
from dashboard.views.products.returns import between
from dashboard.views.products.sales import called, chooser, cut_name, cut_title, nothing
from shop.performance import time_to_sell
from shop.performance.origins import Origin
from shop.performance.origins import origins as ask_origins
from shop.performance.time_to_sell import Group
from shop.stats.survival import Curve

CURVES = 4
FEWEST = 3  # pieces; a curve of fewer says nothing
CHARTED = 14
CUTS = ("all", *time_to_sell.CUTS)
AFTER = (30, 90)


def show(view: View) -> None:
    """How long numbered pieces take to sell, the unsold ones counted as not yet sold."""
    found = cache.ask(time_to_sell.lives, view.period.end)
    if not found.lives:
        nothing("no_pieces", "listings", "sell")
        return
    whole = time_to_sell.time_to_sell(found.lives)
    widgets.lines([waiting(whole)])
    cut = chooser(CUTS, "wait_by")
    groups = [Group("", whole)] if cut == "all" else time_to_sell.by(found.lives, cut)
    names = [t("performed.all_pieces") if cut == "all" else called(one.part) for one in groups]
    drawn = [
        Named(name, one.curve) for name, one in zip(names, groups, strict=True) if one.curve.pieces >= FEWEST
    ][:CURVES]
    widgets.chart(
        "waiting",
        t("performed.curve"),
        lambda: rates.survival(
            drawn or [Named(t("performed.all_pieces"), whole)],
            filters.colours(),
            days=t("performed.days_offered"),
            unsold=t("performed.unsold"),
            band=t("performed.band"),
            censored=t("performed.censored"),
        ),
        t("performed.curve_alt"),
        _table(groups, names),
        _columns(cut),
    )
    if cut != "all":
        widgets.table_of("waiting-by", _table(groups, names), _columns(cut))
    widgets.note(t("performed.curve_note"))
    if found.unknown:
        widgets.note(t("performed.uncounted", pieces=found.unknown))


def waiting(curve: Curve) -> str:
    """Half are sold after so many days: the answer in a sentence."""
    words = {"pieces": curve.pieces, "sold": curve.sold, "left": curve.pieces - curve.sold}
    if curve.median is None:
        return t("performed.no_median", **words)
    sure = "performed.median_between" if curve.median_high else "performed.median_from"
    if curve.median_low is None:
        sure = "performed.median"
    return t(sure, **words, days=curve.median, low=curve.median_low, high=curve.median_high)


def _table(groups: list[Group], names: list[str]) -> pd.DataFrame:
    rows = [
        {
            "name": name,
            "pieces": one.curve.pieces,
            "sold": one.curve.sold,
            "median": one.curve.median,
            "sure": sure_of(one.curve),
            **{f"after_{days}": _unsold(one.curve, days) for days in AFTER},
        }
        for name, one in zip(names, groups, strict=True)
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
    return f"{low} – {high}" if high is not None else t("performed.at_least", days=low)


def _columns(cut: str) -> list[Column]:
    return [
        Column("name", t("performed.pieces_name") if cut == "all" else cut_title(cut)),
        Column("pieces", t("performed.pieces"), "count"),
        Column("sold", t("performed.sold"), "count"),
        Column("median", t("performed.half_sold"), "count", t("performed.half_sold_tip")),
        Column("sure", t("performed.sure"), tip=t("performed.sure_tip")),
        *(Column(f"after_{days}", t("performed.unsold_after", days=days), "rate") for days in AFTER),
    ]


# --- where pieces came from ----------------------------------------------------------------------


def origins(view: View) -> None:
    """How the pieces of each firing, or of each maker, sold since; margins for the owner only."""
    cut = chooser(("firing", "maker"), "made_by")
    actor = people.actor()
    found = cache.ask(
        ask_origins,
        view.period.start,
        view.period.end,
        by="maker" if cut == "maker" else "firing",
        actor=actor,
        currency=view.currency,
    )
    if not found:
        nothing("no_firings", "kiln", "local_fire_department")
        return
    names = [called(one.part) for one in found]
    table = _origins(found, names)
    may = actor.may("see_margins")
    widgets.chart(
        "origins",
        t("performed.origins", cut=cut_name(cut)),
        lambda: rates.rates(names[:CHARTED], [one.sold for one in found[:CHARTED]], filters.colours()),
        t("performed.origins_alt"),
        table,
        origin_columns(cut, may=may),
    )
    widgets.table_of("origins-all", table, origin_columns(cut, may=may))
    widgets.note(t("performed.origins_note"))


def _origins(found: list[Origin], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": names,
            "made_on": [one.made_on for one in found],
            "pieces": [one.sold.under for one in found],
            "sold": [one.sold.over for one in found],
            "share": [one.sold.share for one in found],
            "sure": [between(one.sold) for one in found],
            "broken": [one.broken for one in found],
            "gmv": [one.gmv_cents for one in found],
            "refunds": [one.refund_cents for one in found],
            "margin": pd.array([one.margin_cents for one in found], "Int64"),
        }
    )


def origin_columns(cut: str, *, may: bool) -> list[Column]:
    """The columns of firings or makers; what they left is for the owner only."""
    margin = [Column("margin", t("performed.margin"), "money", t("performed.margin_tip"))]
    return [
        Column("name", cut_title(cut)),
        Column("made_on", t("performed.made_on")),
        Column("pieces", t("performed.made"), "count"),
        Column("sold", t("performed.sold"), "count"),
        Column("share", t("performed.sold_share"), "rate"),
        Column("sure", t("performed.sure"), tip=t("performed.sure_tip")),
        Column("broken", t("performed.broken_pieces"), "count"),
        Column("gmv", widgets.label_of("gmv"), "money"),
        Column("refunds", widgets.label_of("refunds"), "money"),
        *(margin if may else ()),
    ]
