"""People: accounts, sessions, and the dashboard on the phone."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=95, icon="group", needs="see_stock")
