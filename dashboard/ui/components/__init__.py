"""Elements of our own that Streamlit lacks, each a folder with its HTML, CSS and JavaScript.

May import the other modules of `dashboard.ui`.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import streamlit as st


@st.cache_resource(show_spinner=False)
def component(name: str) -> Any:
    """The element in the folder of this name, ready to be drawn."""
    folder = files(__name__).joinpath(name)
    html, css, js = (folder.joinpath(f"{name}.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component(f"kilnboard_{name}", html=html, css=css, js=js)
