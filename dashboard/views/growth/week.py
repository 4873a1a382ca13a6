"""The weekly sheet on the growth page: every platform in its own currency, to download and to print."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.reports import week_sheet as report
from dashboard.ui import cache, text
from dashboard.ui.actor import actor
from dashboard.ui.downloads import in_this_run
from dashboard.ui.filters import View
from shop.profit.week import week_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(view: View) -> None:
    """The sheet of the week of the page's day."""
    sheet = cache.cached(week_sheet, view.at.on, actor())
    text.heading(t("week.title"))
    text.note(report.heading(sheet))
    if not sheet.rows:
        text.note(t("week.none"))
        return
    with st.container(key="chart-week"):
        st.html(f'<div style="overflow-x: auto">{report.table(sheet)}</div>')
    text.note(t("week.note"))
    with st.container(horizontal=True, key="download-week"):
        st.download_button(
            t("download", kind="XLSX"),
            in_this_run(report.xlsx, sheet),
            file_name=f"kilnboard-week-{sheet.period.start}.xlsx",
            mime=XLSX,
            key="week-xlsx",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            t("week.print"),
            report.page(sheet),
            file_name=f"kilnboard-week-{sheet.period.start}.html",
            mime="text/html",
            key="week-print",
            type="tertiary",
            icon=":material/print:",
            on_click="ignore",
        )
