"""The Live & video page."""

from dashboard.ui.page import Page

PAGE = Page("audience", order=50, icon="sensors", period_filter=True, platform_filter=True)
