"""Growth: did the shop really grow, fairly compared, why, and where it goes."""

import streamlit as st

from dashboard import compared, data, explained, frame, grown, stories, widgets

view = frame.view()
if view.at.last_sale is None:
    widgets.empty("growth")
    st.stop()

with view.controls:
    metric = compared.metric(stories.METRICS)
    pair = compared.pair(view)

found = stories.tell(data.ask, view.query, pair, metric, view.at.on)
answer, *more = stories.sentences(found)
widgets.story(
    answer, more, [compared.reason(found.found, pair), compared.apart(view, view.query(metric), pair)]
)
explained.tiles(
    [
        *((metric, tile) for tile in widgets.comparison_tiles(found.found)),
        *((name, widgets.first_tile(found.every[name])) for name in stories.BESIDE[metric]),
    ],
    view.query(metric),
)
grown.why(found)
grown.daily(view, found)
grown.show(grown.part(), view, found)
