"""The Listings page and its parts."""

from dashboard.ui.page import Page

PAGE = Page("shop", order=60, icon="sell")
