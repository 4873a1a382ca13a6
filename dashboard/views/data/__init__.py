"""The Data page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=90, icon="upload_file")
