"""The Listings page and its parts."""

from dashboard.ui.page import PageMeta

PAGE = PageMeta("shop", order=60, icon="sell")
