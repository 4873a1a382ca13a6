"""Search: anything in the shop, and any page, by a few characters."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=98, icon="search", needs="see_stock")
