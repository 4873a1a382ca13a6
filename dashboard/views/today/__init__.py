"""The Today page and its parts."""

from dashboard.ui.page import Page

PAGE = Page("sales", order=10, icon="calendar_today", platform_filter=True)
