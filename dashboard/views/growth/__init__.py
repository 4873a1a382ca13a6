"""The Growth page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("sales", order=20, icon="trending_up", period_filter=True, platform_filter=True)
