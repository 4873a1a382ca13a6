"""The Comments page."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("audience", order=40, icon="forum", period_filter=True, platform_filter=True)
