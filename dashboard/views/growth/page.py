"""Growth: did the shop really grow, in a fair comparison, why, and where it goes."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import growth_story
from dashboard.text import comparison as wording
from dashboard.ui import cache, filters, text, url_state
from dashboard.ui.actor import actor
from dashboard.views.growth import PAGE, comparison
from dashboard.views.growth.parts import OWNERS, PARTS

view = filters.view()
if view.at.last_sale is None:
    text.empty("growth", PAGE.icon)
    st.stop()

with view.controls:
    metric = comparison.metric(growth_story.METRICS)
    pair = comparison.pair(view)

narrative = growth_story.build_story(cache.cached, view.query, pair, metric, view.at.on)
answer, *more = growth_story.sentences(narrative)
notes = [
    wording.reason(narrative.result, pair),
    comparison.explain_difference(view, view.query(metric), pair),
]
text.page_summary(answer, growth_story.reason(narrative), more, notes)


@st.fragment
def parts() -> None:
    """The parts: another one is computed alone, without what stands above."""
    with st.container(key="parts"):
        part = url_state.choice(
            st.segmented_control,
            t("growth.part"),
            tuple(name for name in PARTS if name not in OWNERS or actor().may("see_margins")),
            "part",
            lambda name: t(f"growth.parts.{name}"),
            label_visibility="collapsed",
            required=True,
        )
    PARTS[part](view, narrative)


parts()
