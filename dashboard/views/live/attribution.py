"""How the sales of the chosen days are attributed: by grade and by the platform's words of traffic; and the rules."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.ui import actor, cache, feedback, tables, text
from dashboard.ui.filters import View
from shop.streams import attribution
from shop.streams.attribution import Rules

MINUTE = 60
TRAFFIC = ("source", "form", "channel", "type", "ad_channel", "creator")


def show(view: View) -> None:
    """The shares of the grades, the traffic, and the form of the rules, folded until somebody wants them."""
    feedback.bar()
    with st.expander(t("live.attribution.title"), icon=":material/rule:"):
        text.note(t("live.attribution.note"))
        query = view.query("gmv")
        shares = cache.cached(attribution.grade_shares, query)
        table = pd.DataFrame(
            [(t(f"live.grades.{grade}"), cents, share) for grade, (cents, share) in shares.items()],
            columns=["grade", "gmv", "share"],
        ).astype({"gmv": "Int64", "share": "Float64"})
        columns = [
            Column("grade", t("live.attribution.grade")),
            Column("gmv", t("live.figures.gmv"), "cents"),
            Column("share", t("live.attribution.share"), "rate"),
        ]
        tables.show("attribution-grades", table, columns)
        traffic = cache.cached(attribution.traffic, query)
        if not traffic.empty:
            text.heading(t("live.attribution.traffic"))
            named = [
                Column(name, t(f"live.attribution.words.{name}"))
                for name in TRAFFIC
                if traffic[name].notna().any()
            ]
            figures = [
                Column("orders", t("live.figures.orders"), "count"),
                Column("gmv_cents", t("live.figures.gmv"), "cents"),
            ]
            tables.show("attribution-traffic", traffic, [*named, *figures])
        if actor.actor().may("edit_calendar"):
            _form(cache.cached(attribution.rules))


def _form(rules: Rules) -> None:
    text.heading(t("live.attribution.rules"))
    with st.form("attribution-rules"):
        by_time = st.toggle(t("live.attribution.by_time"), rules.is_by_time, key="rules-by-time")
        late = _minutes("late", rules.late_seconds)
        video = _minutes("video", rules.video_seconds)
        unknown = st.toggle(t("live.attribution.unknown"), rules.takes_unknown, key="rules-unknown")
        if st.form_submit_button(t("live.attribution.save")):
            wanted = Rules(late * MINUTE, video * MINUTE, by_time, unknown)
            changed = feedback.act(attribution.set_rules, wanted)
            if changed:
                feedback.report(
                    t("live.attribution.saved"), lambda: feedback.act(attribution.set_rules, rules)
                )
            st.rerun()


def _minutes(name: str, seconds: int) -> int:
    return st.number_input(
        t(f"live.attribution.{name}"),
        0,
        attribution.MOST_SECONDS // MINUTE,
        seconds // MINUTE,
        key=f"rules-{name}",
        help=t(f"live.attribution.{name}_tip"),
    )
