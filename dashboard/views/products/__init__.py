"""The Products page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("sales", order=30, icon="local_cafe", period_filter=True, platform_filter=True)
