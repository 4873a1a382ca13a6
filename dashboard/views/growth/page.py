"""Growth: did the shop really grow, fairly compared, why, and where it goes."""

import streamlit as st

from dashboard.reports import growth_story
from dashboard.ui import cache, filters, lineage_dialog, widgets
from dashboard.views.growth import comparison, parts

view = filters.view()
if view.at.last_sale is None:
    widgets.empty("growth")
    st.stop()

with view.controls:
    metric = comparison.metric(growth_story.METRICS)
    pair = comparison.pair(view)

found = growth_story.build_story(cache.ask, view.query, pair, metric, view.at.on)
answer, *more = growth_story.sentences(found)
widgets.story(
    answer, more, [comparison.reason(found.result, pair), comparison.apart(view, view.query(metric), pair)]
)
lineage_dialog.tiles(
    [
        *((metric, tile) for tile in widgets.comparison_tiles(found.result)),
        *((name, widgets.first_tile(found.every[name])) for name in growth_story.CONTEXT[metric]),
    ],
    view.query(metric),
)
parts.why(found)
parts.daily(view, found)
parts.show(parts.part(), view, found)
