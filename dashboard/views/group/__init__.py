"""The shops of a group: side by side, which there are, and who may see them."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=94, icon="store", period_filter=True, needs="see_stock")
