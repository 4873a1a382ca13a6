"""The Kiln page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=80, icon="mode_heat", period_filter=True)
