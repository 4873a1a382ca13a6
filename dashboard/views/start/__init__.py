"""First steps: an empty shop is led from its language to its first figures, step by step."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=52, icon="flag_circle", needs="see_stock")
