"""The Comments page."""

from dashboard.ui.page import Page

PAGE = Page("audience", order=40, icon="forum", period_filter=True, platform_filter=True)
