"""Settings: everything a studio sets up once, one section each."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=97, icon="settings", needs="see_stock")
