"""The web application that `kilnboard open` serves: the dashboard behind its guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard import theme
from dashboard.server.background import BackgroundWorker
from dashboard.server.compression import StaticCompression
from dashboard.server.guard import Guard
from dashboard.server.listener import sharing
from dashboard.server.routes import OwnRoutes
from dashboard.ui.crash import show_crash
from dashboard.views import pages
from shop.connect import shared
from shop.db.database import Database, default_url


def database() -> Database:
    """The shop's database, opened once for all requests."""
    return shared(default_url())


@asynccontextmanager
async def lifespan(served: Any) -> AsyncIterator[None]:
    """What runs as long as the application: sharing in the network, and the jobs that the dashboard does by itself."""
    worker = BackgroundWorker(database)
    worker.start()
    try:
        async with sharing(served):
            yield
    finally:
        worker.stop()


LARGEST_UPLOAD = (
    theme.options()["server.maxUploadSize"] + 1
) * 2**20  # bytes; the form around the file included

app = st.App(
    Path(__file__).parent.parent / "app.py",
    routes=OwnRoutes(database, list(pages())).routes(),
    middleware=[
        Middleware(Guard, database=database, largest_upload=LARGEST_UPLOAD),
        Middleware(StaticCompression),
    ],
    lifespan=lifespan,
    on_script_error=show_crash,
)
