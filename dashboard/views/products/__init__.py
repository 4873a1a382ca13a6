"""The Products page and its parts."""

from dashboard.ui.page import Page

PAGE = Page("sales", order=30, icon="local_cafe", period_filter=True, platform_filter=True)
