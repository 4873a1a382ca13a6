"""Below the breakage of the Products page, for the owner: what one more layer of foam would cost and save."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.text.products import cut_title
from dashboard.ui import cache, tables, text
from dashboard.ui.filters import View
from dashboard.views.products.common import part_name
from shop.performance.foam import LayerEffect, layer_effects, together

HALF = 50  # percent of the breakages that a layer is first taken to prevent


def show(view: View, cut: str) -> None:
    """The layer over all that was sent in a sentence, and by the parts of a cut as a table."""
    text.heading(t("foam.title"))
    effects = cache.cached(layer_effects, view.query("gmv"), cut)
    if effects is None:
        text.note(t("foam.no_rate"))
        st.page_link("views/settings/page.py", label=t("foam.enter"), query_params={"section": "costs"})
        return
    value = st.number_input(t("foam.prevented"), 5, 100, HALF, 5, key="foam-prevented", width=260)
    prevented = value / 100
    whole = together(effects)
    text.sentence(_summary(whole, prevented))
    rows = [(part_name(cut, item.part), item) for item in effects if item.rate.under]
    tables.show(
        "foam",
        pd.DataFrame([_row(name, item, prevented) for name, item in rows]),
        [
            Column("name", cut_title(cut)),
            Column("under", t("performance.sent_lines"), "count"),
            Column("over", t("performance.broken_lines"), "count"),
            Column("layer", t("foam.layer"), "money"),
            Column("loss", t("foam.loss"), "money"),
            Column("left", t("foam.left"), "money", tip=t("foam.left_tip")),
            Column("range", t("performance.sure"), tip=t("performance.sure_tip")),
            Column("needed", t("foam.needed"), tip=t("foam.needed_tip")),
            Column("verdict", t("foam.verdict")),
        ],
    )
    text.note(t("foam.note") + (t("foam.unpriced", count=whole.unpriced) if whole.unpriced else ""))


def _summary(whole: LayerEffect, prevented: float) -> str:
    saved = whole.saved(prevented)
    if saved is None:
        return t("foam.nothing_broken", layer=whole.layer_cents, lines=whole.rate.under)
    return t(
        f"foam.summary.{whole.verdict(prevented)}",
        layer=whole.layer_cents,
        lines=whole.rate.under,
        loss=whole.loss_cents,
        share=prevented,
        left=saved[0],
        low=saved[1],
        high=saved[2],
    )


def _row(name: str, item: LayerEffect, prevented: float) -> dict[str, object]:
    saved = item.saved(prevented)
    needed = item.break_even
    return {
        "name": name,
        "under": item.rate.under,
        "over": item.rate.over,
        "layer": item.layer_cents,
        "loss": item.loss_cents,
        "left": None if saved is None else saved[0],
        "range": format.UNKNOWN if saved is None else " – ".join(format.money(end) for end in saved[1:]),
        "needed": format.UNKNOWN
        if needed is None
        else format.rate(needed)
        if needed <= 1
        else t("foam.never"),
        "verdict": t(f"foam.verdicts.{item.verdict(prevented)}"),
    }
