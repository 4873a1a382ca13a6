"""Data: bring files in, pull from the platforms, and see what was read, what is missing and what had
to be set aside.
"""

import streamlit as st

from dashboard import charts, data, frame, imports, syncing, told, widgets, words
from dashboard.words import t
from shop import coverage

sources = data.ask(coverage.sources)
aside = data.ask(coverage.set_aside)
files = data.ask(coverage.files)
runs = syncing.runs()
widgets.sentence(told.data_sentence(files, runs, sources, aside))
imports.drop_zone()
imports.reports()
if files.empty and runs.empty:
    widgets.note(t("data.empty"))
syncing.section(runs)
if files.empty:
    st.stop()

if aside:
    widgets.heading(t("data.aside", count=len(aside)))
    imports.retry_button()
    widgets.table_of("aside", told.aside_table(aside), told.aside_columns())
if sources:
    strips = coverage.strips(sources)
    gaps = told.gaps(sources)
    widgets.chart(
        "coverage",
        t("data.coverage"),
        lambda: charts.coverage(
            strips.days,
            [told.kind(name) for name in strips.kinds],
            strips.states,
            told.state_names(),
            frame.colours(),
            language=words.language(),
        ),
        t("data.coverage_alt"),
        gaps,
        told.gap_columns(),
    )
widgets.heading(t("data.files"))
widgets.table_of("files", told.read_files(files), told.file_columns())
