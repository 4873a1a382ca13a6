"""The months of the last year in a table."""

from __future__ import annotations

from dashboard.i18n.messages import t
from dashboard.text import comparison
from dashboard.ui import cache, filters, tables, text
from dashboard.views.growth.comparison import year_to
from shop.growth.comparison import growth


def show(view: filters.View) -> None:
    """Units, sales and orders of each month, per day and in total."""
    table = cache.cached(growth.months, view.query("units", period=year_to(view)))
    text.note(t("growth.months"))
    tables.show("months", table, comparison.month_columns())
