"""The manual: short pages on every part of the program, searched by a few characters."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=99, icon="menu_book", needs="see_stock")
