"""成品率 on the page: by stage, place, glaze or maker, each with its base and an interval."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.charts import rates
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import metrics
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, lineage_dialog, tables, text, tiles, url_state
from dashboard.ui.money_field import currency
from dashboard.views.kiln import common
from shop.metrics.query import Query
from shop.metrics.tables import cells, records
from shop.models.kiln import STAGES
from shop.performance import yields as yields

ALL = "all"
BEHIND = ("kiln_in", "kiln_out", "kiln_lost", "kiln_again", "batch_started", "batch_good", "loss_value")
ONLY_STAGES = ("kiln", "position", "firing", "firing_pass")


def part(view: Any) -> None:
    """The part of the page: yields by one cut, and losses by reason."""
    query = Query(("kiln_in",), view.period.start, view.period.end, currency=currency())
    with st.container(horizontal=True, key="filters-yield", vertical_alignment="bottom"):
        by = url_state.choice(
            st.selectbox,
            t("kiln.yields.by"),
            yields.CUTS,
            "yield_by",
            lambda name: t(f"commands.cuts.{name}"),
            width=150,
        )
        stage = ALL
        if by != "stage":
            stage = url_state.choice(
                st.selectbox,
                t("kiln.yields.stage"),
                (ALL, *STAGES),
                "yield_stage",
                lambda name: _stage(name, by),
                width=170,
            )
    table = cache.cached(yields.yields, query, by, stage=None if stage == ALL else stage)
    if table.empty:
        text.note(t("kiln.yields.none", range=view.period))
        return
    named = table.assign(**{by: [_name(by, value) for value in cells(table[by])]})
    tables.chart(
        "yields",
        t("kiln.yields.title", by=t(f"commands.cuts.{by}")),
        lambda: rates.yields(
            named[by].tolist(),
            cells(named["share"]),
            list(zip(cells(named["low"]), cells(named["high"]), strict=True)),
            [_label(row) for row in records(named)],
            filters.colours(),
        ),
        t("kiln.yields.alt"),
        named,
        _columns(by),
    )
    lineage_dialog.way_down(BEHIND, query, "yields")
    text.note(t("kiln.yields.note"))
    _losses(query)


def _stage(name: str, by: str) -> str:
    if name != ALL:
        return common.stage(name)
    return t("kiln.yields.fired" if by in ONLY_STAGES else "kiln.yields.whole")


def _name(by: str, value: str) -> str:
    if by == "stage":
        return common.stage(value)
    if by == "firing_pass":
        return t(f"kiln.passes.{value}")
    return value or t("kiln.yields.unknown")


def _label(row: dict[Any, Any]) -> str:
    return t(
        "kiln.yields.label",
        share=row["share"],
        low=row["low"],
        high=row["high"],
        good=row["pieces_out"],
        pieces=row["pieces_in"],
    )


def _columns(by: str) -> list[Column]:
    result = [
        Column(by, t(f"commands.cuts.{by}")),
        Column("pieces_in", t("kiln.yields.in"), "count"),
        Column("pieces_out", t("kiln.yields.out"), "count"),
        Column("share", t("kiln.yields.share"), "rate"),
        Column("low", t("kiln.yields.low"), "rate"),
        Column("high", t("kiln.yields.high"), "rate"),
    ]
    return result + (metrics.columns("loss_value") if common.is_owner() else [])


def _losses(query: Query) -> None:
    """What was lost, by reason and stage, the most first."""
    table = cache.cached(yields.losses, query)
    if table.empty:
        return
    with st.container(key="chart-losses"):
        text.heading(t("kiln.yields.losses"))
        most = int(table["pieces"].iloc[0])
        tiles.bar_list(
            [
                (
                    f"{common.loss_reason(row['cause'])} · {common.stage(row['stage'])}",
                    row["pieces"] / most,
                    t("kiln.yields.pieces", pieces=row["pieces"]),
                    _worth(row),
                )
                for row in records(table.head(10))
            ]
        )


def _worth(row: dict[Any, Any]) -> str:
    if not common.is_owner() or row["loss_value"] is None:
        return ""
    return format.money(row["loss_value"])
