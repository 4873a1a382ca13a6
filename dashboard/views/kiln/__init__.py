"""The Kiln page and its parts."""

from dashboard.ui.page import Page

PAGE = Page("shop", order=80, icon="mode_heat", period_filter=True)
