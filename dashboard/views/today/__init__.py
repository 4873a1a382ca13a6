"""The Today page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("sales", order=10, icon="calendar_today", platform_filter=True)
