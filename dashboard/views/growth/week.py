"""The weekly report on the growth page: every platform and shop in its own currency, for download and printing."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import weekly as layout
from dashboard.ui import cache, text
from dashboard.ui.actor import actor
from dashboard.ui.filters import View
from dashboard.ui.run import in_this_run
from dashboard.views.growth.week_shops import other_shops
from shop.profit.weekly_report import report_of_shops, weekly_report

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(view: View) -> None:
    """The report of the week of the selected day; of whole days alone, as a morning has no fair base."""
    text.heading(t("week.title"))
    on = view.at.on - timedelta(days=1) if view.at.is_today else view.at.on
    others = other_shops()
    if others:
        result = report_of_shops([(cache.database(), actor()), *others], on)
    else:
        result = cache.cached(weekly_report, on, actor())
    text.note(layout.heading(result))
    if not result.rows:
        text.note(t("week.none"))
        return
    with st.container(key="chart-week"):
        text.wide(layout.table(result), t("week.title"))
    text.note(t("week.note"))
    with st.container(horizontal=True, key="download-week"):
        st.download_button(
            t("download", kind="XLSX"),
            in_this_run(layout.xlsx, result),
            file_name=f"kilnboard-week-{result.period.start}.xlsx",
            mime=XLSX,
            key="week-xlsx",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            t("week.print"),
            layout.page(result),
            file_name=f"kilnboard-week-{result.period.start}.html",
            mime="text/html",
            key="week-print",
            type="tertiary",
            icon=":material/print:",
            on_click="ignore",
        )
