"""The web application that `kilnboard open` serves: the dashboard behind its guard."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard import theme
from dashboard.server.guard import Guard
from dashboard.server.listener import sharing
from dashboard.server.routes import OwnRoutes
from dashboard.views import pages
from shop.connect import shared
from shop.db.database import Database, default_url


def database() -> Database:
    """The shop's database, opened once for all requests."""
    return shared(default_url())


LARGEST_UPLOAD = (
    theme.options()["server.maxUploadSize"] + 1
) * 2**20  # bytes; the form around the file included

app = st.App(
    Path(__file__).parent.parent / "app.py",
    routes=OwnRoutes(database, list(pages())).routes(),
    middleware=[Middleware(Guard, database=database, largest_upload=LARGEST_UPLOAD)],
    lifespan=sharing,
)
