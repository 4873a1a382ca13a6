"""Growth: did the shop really grow, in a fair comparison, why, and where it goes."""

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import growth_story
from dashboard.text import comparison as wording
from dashboard.text.tiles import comparison_tiles, first_tile
from dashboard.ui import cache, filters, lineage_dialog, text, url_state
from dashboard.ui.actor import actor
from dashboard.views.growth import PAGE, comparison, days, drivers
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
text.page_summary(
    answer,
    more,
    [wording.reason(narrative.result, pair), comparison.explain_difference(view, view.query(metric), pair)],
)
lineage_dialog.show_tiles(
    [
        *((metric, tile, view.query(metric)) for tile in comparison_tiles(narrative.result)),
        *(
            (name, first_tile(narrative.every[name]), view.query(name))
            for name in growth_story.CONTEXT[metric]
        ),
    ]
)
drivers.show(narrative)
days.show_chart(view, narrative)
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
