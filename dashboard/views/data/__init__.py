"""The Data page and its parts."""

from dashboard.ui.page import Page

PAGE = Page("shop", order=90, icon="upload_file")
