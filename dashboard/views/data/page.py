"""Data: bring files in, pull from the platforms, and see what was read, what is missing and what had
to be rejected.
"""

import streamlit as st

from dashboard.charts import timeseries
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text.imports import file_kind
from dashboard.ui import cache, feedback, filters, shop_form, tables, text, upload
from dashboard.views.data import imports, mapping, open_numbers, sync, wording
from shop import coverage

sources = cache.cached(coverage.sources)
aside = cache.cached(coverage.rejected_rows)
files = cache.cached(coverage.files)
runs = sync.runs()
text.sentence(wording.sentence(files, runs, sources, aside))
shop_form.first_choice(has_data=not (files.empty and runs.empty))
upload.drop_zone()
upload.reports()
mapping.editors()
if files.empty and runs.empty:
    text.note(t("data.empty"))
sync.section(runs)
if files.empty:
    feedback.bar()
    st.stop()

if aside:
    text.heading(t("data.aside", count=len(aside)))
    upload.retry_button()
    tables.show("aside", wording.aside_table(aside), upload.aside_columns())
if sources:
    strips = coverage.strips(sources)
    gaps = wording.gaps(sources)
    tables.chart(
        "coverage",
        t("data.coverage"),
        lambda: timeseries.coverage(
            strips.days,
            [file_kind(name) for name in strips.kinds],
            strips.states,
            wording.state_names(),
            filters.colours(),
            language=language(),
        ),
        t("data.coverage_alt"),
        gaps,
        wording.gap_columns(),
    )
imports.section(files)
open_numbers.section()
