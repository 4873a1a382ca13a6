"""The Live & video page."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("audience", order=50, icon="sensors", period_filter=True, platform_filter=True)
