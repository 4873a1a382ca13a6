"""The Stock page and its parts."""

from dashboard.ui.page import Page

PAGE = Page("shop", order=70, icon="shelves")
