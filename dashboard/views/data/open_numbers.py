"""All numbers for SQL and BI tools: the documented views as Parquet files, and what their columns mean."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.ui import cache, text
from shop.open_data.dictionary import markdown
from shop.open_data.parquet import parquet_zip


def section() -> None:
    """The download, and the data dictionary below it."""
    text.heading(t("data.open.heading"))
    text.note(t("data.open.note"))
    st.download_button(
        t("download", kind="Parquet"),
        partial(parquet_zip, cache.database()),
        file_name="kilnboard.zip",
        mime="application/zip",
        key="download-open-numbers",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )
    with st.expander(
        t("data.open.dictionary"), icon=":material/menu_book:", key="open-dictionary", on_change="rerun"
    ) as part:
        if part.open:
            st.markdown(markdown((language(),)))
