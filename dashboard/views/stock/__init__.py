"""The Stock page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=70, icon="shelves", needs="see_stock")
