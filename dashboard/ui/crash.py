"""The message of a page that fails unexpectedly: what happened, what is stored, a code, and a link to go on.

The code names the failure in `crashes.log` next to the database, which has the place in the program and the kind of the
failure, and no value of the shop.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.errors import error
from dashboard.ui import filters, text
from dashboard.ui.feedback import DONE
from shop.core.errors import ShopError
from shop.db.database import as_path, default_url
from shop.db.urls import home_folder, is_server

LOG = "crashes.log"
LARGEST_LOG = 512 * 1024  # bytes; then the older half goes
_logger = logging.getLogger(__name__)


def show_crash(problem: Exception) -> bool:
    """Show a failure of a page or of a click in the user's language; always true: nothing else is shown."""
    filters.set_language()
    if isinstance(problem, ShopError):  # from a callback
        text.error(problem)
        return True
    code = _record(problem)
    message, _ = st.session_state.get(DONE, ("", None))
    with st.container(border=True, key="crash"):
        text.sentence(t("crash.title"))
        text.note(t("crash.saved"))
        if message:
            text.note(t("crash.last", message=message))
        text.note(t("crash.code", code=code, file=LOG))
        with st.container(horizontal=True):
            st.button(t("crash.again"), key="crash-again", type="primary", icon=":material/refresh:")
            st.html(f'<a href="/" target="_self">{t("crash.home")}</a>')
    return True


def _record(problem: Exception) -> str:
    """Write the failure to the log; its code."""
    code = secrets.token_hex(3).upper()
    frames = traceback.extract_tb(problem.__traceback__)
    place = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:])
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    entry = f"{code} {when}, {version('kilnboard')}, {type(problem).__name__}\n{place}\n"
    _logger.error("%s", entry)
    try:
        _append(_folder() / LOG, entry)
    except (OSError, ShopError) as hindrance:
        _logger.error(
            "%s: %s", LOG, error(hindrance) if isinstance(hindrance, ShopError) else hindrance.strerror
        )
    return code


def _folder() -> Path:
    """Where the log lies: next to the database, or where what belongs to a server's database lies."""
    url = default_url()
    return home_folder() if is_server(url) else as_path(url).parent


def _append(place: Path, entry: str) -> None:
    if place.exists() and place.stat().st_size > LARGEST_LOG:
        place.write_text(place.read_text("utf-8", "replace")[-LARGEST_LOG // 2 :], "utf-8")
    with place.open("a", encoding="utf-8") as file:
        file.write(entry)
