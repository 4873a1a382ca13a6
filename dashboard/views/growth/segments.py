"""Where the change happened, on the growth page: by carrier, platform, family, product or buyers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts import waterfall
from dashboard.charts.waterfall import WaterfallBar
from dashboard.i18n.messages import has, t
from dashboard.reports.growth_story import GrowthStory
from dashboard.server.late_figures import computes_late_figures
from dashboard.text import comparison, metrics
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, tables, text, url_state
from shop.growth.comparison import segments
from shop.growth.comparison.drivers import MONEY
from shop.growth.comparison.segments import Cut, Part
from shop.metrics.dimensions import IGNORED, UNMATCHED
from shop.performance import sales

SHOWN = 8  # the others are one step together


def show(view: filters.View, narrative: GrowthStory) -> None:
    """The change by the cut that the control names, as a waterfall with its table."""
    by = url_state.choice(
        st.segmented_control,
        t("segments.by"),
        segments.CUTS,
        "cut",
        lambda name: t(f"segments.cuts.{name}"),
        label_visibility="collapsed",
        required=True,
    )
    if by == "buyers" and computes_late_figures(cache.database()):
        text.note(t("frame.late_figures"))
        return
    metric = narrative.metric if narrative.metric in MONEY else MONEY[0]
    query = view.query(metric, period=narrative.pair.now)
    result = cache.cached(segments.cut, query, narrative.pair.before, metric, by, narrative.counted)
    if not result.is_known:
        text.note(t("drivers.sentence.unknown", metric=metrics.label_of(metric)))
        return
    titles = cache.cached(sales.titles, view.query("gmv").shop, by) if by == "product" else {}
    called = {part.key: _called(part.key, by, titles) for part in result.parts}
    up, down = filters.up_and_down(filters.colours())
    tables.chart(
        "split",
        t("segments.title", metric=metrics.label_of(metric), by=t(f"segments.cuts.{by}")),
        lambda: waterfall.waterfall(
            steps(result, called, comparison.range_names(narrative.result)),
            "cents",
            filters.colours(),
            up=up,
            down=down,
            unknown=t("gross_to_net.unknown"),
        ),
        t("segments.alt", metric=metrics.label_of(metric)),
        table(result.parts, called),
        [
            Column("name", t(f"segments.cuts.{by}")),
            Column("now", t("segments.now"), "money"),
            Column("before", t("segments.before"), "money"),
            Column("part", t("segments.part"), "money"),
        ],
    )


def steps(result: Cut, called: dict[str, str], ends: tuple[str, str]) -> list[WaterfallBar]:
    """From the earlier figure to the present one, the groups with the largest parts by name."""
    rest = sum(part.part for part in result.parts[SHOWN:])
    return [
        WaterfallBar(ends[1], result.base, is_total=True),
        *(WaterfallBar(called[part.key], part.part) for part in result.parts[:SHOWN]),
        *([WaterfallBar(t("segments.rest", count=len(result.parts) - SHOWN), rest)] if rest else []),
        WaterfallBar(ends[0], result.figure, is_total=True),
    ]


def table(parts: tuple[Part, ...], called: dict[str, str]) -> pd.DataFrame:
    """Every group with both figures and its part of the change."""
    cells = {
        name: pd.array([getattr(part, name) for part in parts], "Int64") for name in ("now", "before", "part")
    }
    return pd.DataFrame({"name": [called[part.key] for part in parts], **cells})


def _called(key: str, by: str, titles: dict[str, tuple[str, str]]) -> str:
    if key in (UNMATCHED, IGNORED):
        return t(f"commands.groups.{key.strip('()')}")
    if by == "product":
        return titles.get(key, (key, ""))[0]
    if not key:
        return t("segments.none")
    if by == "platform":
        return t(f"platform.{key}") if has(f"platform.{key}") else key
    return t(f"segments.{by}.{key}") if has(f"segments.{by}.{key}") else key
