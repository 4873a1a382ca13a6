"""The shops of a group: which there are and who may see them."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=94, icon="store", needs="see_stock")
