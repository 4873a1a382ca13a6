"""Data: bring files in, pull from the platforms, and see what was read, what is missing and what had
to be set aside.
"""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n import messages
from dashboard.i18n.messages import t
from dashboard.ui import cache, filters, upload, widgets
from dashboard.views.data import sync
from dashboard.views.today import text
from shop import coverage

sources = cache.ask(coverage.sources)
aside = cache.ask(coverage.rejected_rows)
files = cache.ask(coverage.files)
runs = sync.runs()
widgets.sentence(text.data_sentence(files, runs, sources, aside))
upload.drop_zone()
upload.reports()
if files.empty and runs.empty:
    widgets.note(t("data.empty"))
sync.section(runs)
if files.empty:
    st.stop()

if aside:
    widgets.heading(t("data.aside", count=len(aside)))
    upload.retry_button()
    widgets.table_of("aside", text.aside_table(aside), text.aside_columns())
if sources:
    strips = coverage.strips(sources)
    gaps = text.gaps(sources)
    widgets.chart(
        "coverage",
        t("data.coverage"),
        lambda: timeseries.coverage(
            strips.days,
            [text.kind(name) for name in strips.kinds],
            strips.states,
            text.state_names(),
            filters.colours(),
            language=messages.language(),
        ),
        t("data.coverage_alt"),
        gaps,
        text.gap_columns(),
    )
widgets.heading(t("data.files"))
widgets.table_of("files", text.read_files(files), text.file_columns())
