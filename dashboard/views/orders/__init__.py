"""The Orders page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=55, icon="local_shipping", needs="see_stock")
