"""URLs of databases: which name a server, how they are shown, and where what has no file of its own is."""

from __future__ import annotations

import os
import re
from pathlib import Path


def home_folder() -> Path:
    """Where what belongs to a shop lies that has no file of its own: Kilnboard's folder in the user's data folder."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "kilnboard"


def is_server(url: str) -> bool:
    """Whether a URL names a database of a PostgreSQL server."""
    return url.startswith(("postgresql://", "postgres://"))


def without_password(url: str) -> str:
    """A URL as it may be shown."""
    return re.sub(r"(//[^/@:]*):[^/@]*@", r"\1@", url)
