"""Gross to net on the growth page: a waterfall from list value to margin, and its table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts import waterfall
from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from dashboard.text.metrics import Column
from dashboard.ui import cache, filters, lineage_dialog, tables, text
from dashboard.ui.actor import actor
from shop.core.periods import Period
from shop.profit import gross_to_net as waterfalls
from shop.profit import refund_bridge
from shop.profit.gross_to_net import UnknownAmount, Waterfall, WaterfallStep
from shop.profit.refund_bridge import RefundBridge

NAMES = 3
BEHIND = (  # the figures of its steps whose rows can be listed
    "list_value",
    "gmv",
    "refunds_by_order",
    "void_discounts",
    "settlement_income",
    "platform_fees",
    "commission",
    "other_fees",
)
AFTER = ("packing", "courier", "parcel_packing", "ads", "labour")  # named in words: in what is left, or not


def show(view: filters.View, period: Period) -> None:
    """The waterfall of a range, its unknown parts in words, and its table."""
    query = view.query("gmv", period=period)
    result = cache.cached(waterfalls.waterfall, query, actor())
    if result.is_empty:
        text.note(t("gross_to_net.empty"))
        return
    text.lines([sentence(result)])
    up, down = filters.up_and_down(filters.colours())
    tables.chart(
        "ladder",
        t("gross_to_net.title", range=result.period),
        lambda: waterfall.waterfall(
            [
                waterfall.WaterfallBar(
                    name(item), item.cents, item.is_total, is_estimate=item.state == "estimate"
                )
                for item in result.steps
            ],
            "cents",
            filters.colours(),
            up=up,
            down=down,
            unknown=t("gross_to_net.unknown"),
        ),
        t("gross_to_net.alt"),
        table(result),
        columns(),
    )
    lineage_dialog.way_down(BEHIND, query, "ladder")
    for line in notes(result):
        text.note(line)
    if result.has_margin:
        st.page_link(
            "views/settings/page.py",
            label=t("gross_to_net.enter"),
            icon=":material/payments:",
            query_params={"section": "costs"},
        )
    text.heading(t("gross_to_net.refunds.title"))
    for line in refund_lines(cache.cached(refund_bridge.refund_bridge, query), period):
        text.note(line)


def sentence(result: Waterfall) -> str:
    """From list value to the last sum, in one sentence."""
    last = next(step for step in reversed(result.steps) if step.is_total)
    state = "unknown" if last.cents is None else last.state
    end = t(f"gross_to_net.ends.{last.name}")
    return t(f"gross_to_net.sentence.{state}", list=result.steps[0].cents, last=last.cents, end=end)


def name(step: WaterfallStep) -> str:
    """What a step is called."""
    return t(f"gross_to_net.steps.{step.name}")


def table(result: Waterfall) -> pd.DataFrame:
    """The steps as rows: name, cents, how much of it is estimated, how sure."""
    return pd.DataFrame(
        {
            "step": [name(item) for item in result.steps],
            "cents": pd.array([item.cents for item in result.steps], "Int64"),
            "estimate": pd.array([item.estimate or None for item in result.steps], "Int64"),
            "state": [t(f"gross_to_net.states.{item.state}") for item in result.steps],
        }
    )


def columns() -> list[Column]:
    """The columns of the waterfall's table."""
    return [
        Column("step", t("gross_to_net.step")),
        Column("cents", format.symbol().strip(), "money"),
        Column("estimate", t("gross_to_net.estimate"), "money"),
        Column("state", t("gross_to_net.state")),
    ]


def notes(result: Waterfall) -> list[str]:
    """What is not known yet, each gap once; and that margins are the owner's, where they are left out."""
    gaps = dict.fromkeys(gap for step in result.steps for gap in step.gaps)
    notes = [_gap(gap) for gap in gaps]
    if result.has_margin:
        names = [name(step) for step in result.steps if step.name in AFTER and step.cents is not None]
        missing = [t(f"gross_to_net.steps.{item}") for item in AFTER if result.step(item) is None]
        comma = t("drivers.comma")
        after = [t("gross_to_net.holds", names=comma.join(names))] if names else []
        after += [t("gross_to_net.holds_not", names=comma.join(missing))] if missing else []
        notes = after + notes
    return notes if result.has_margin else [*notes, t("gross_to_net.owner_only")]


def _gap(gap: UnknownAmount) -> str:
    shown = [t(f"platform.{item}") if has(f"platform.{item}") else item for item in gap.names[:NAMES]]
    more = len(gap.names) - NAMES
    names = t("drivers.comma").join(shown) + (t("gross_to_net.more", count=more) if more > 0 else "")
    return t(f"gross_to_net.gaps.{gap.kind}", count=gap.count, cents=gap.cents, names=names, units=gap.units)


def refund_lines(bridge: RefundBridge, period: Period) -> list[str]:
    """How the refund figures of a range relate, in sentences."""
    lines = [
        t(
            "gross_to_net.refunds.by_day",
            range=period,
            cents=bridge.by_refund_day,
            both=bridge.in_both,
            other=bridge.of_other_orders,
        ),
        t(
            "gross_to_net.refunds.by_order",
            range=period,
            cents=bridge.by_order,
            both=bridge.in_both,
            other=bridge.on_other_days,
        ),
    ]
    if bridge.of_settled is not None:
        lines.append(t("gross_to_net.refunds.of_settled", cents=bridge.of_settled, other=bridge.of_open))
    return lines
