"""The first part of the growth page: the figures with their changes, the drivers, and the days of both ranges."""

from __future__ import annotations

from dashboard.reports import growth_story
from dashboard.reports.growth_story import GrowthStory
from dashboard.text.tiles import comparison_tiles, first_tile
from dashboard.ui import lineage_dialog
from dashboard.ui.filters import View
from dashboard.views.growth import days, drivers


def show(view: View, narrative: GrowthStory) -> None:
    """Tiles that open with their parts, the change by driver, and each day with the earlier one."""
    metric = narrative.metric
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
