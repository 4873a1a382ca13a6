"""Search: one box for orders, SKUs, products, comments, sessions, videos, pages and the manual."""

from dashboard.views.search import results

results.show()
