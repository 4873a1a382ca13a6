"""The dashboard as `kilnboard open` serves it, behind its guard, for as long as a block lasts."""

from contextlib import AbstractContextManager
from pathlib import Path

from dashboard.commands.open_ import command
from tests.support.servers import serving


def opened(path: Path, **environment: str) -> AbstractContextManager[str]:
    """The address of a dashboard on the database of a path, which need not exist yet."""
    _, _, _, _, script, *flags, _ = command(0)
    return serving(Path(script), flags, KILNBOARD_DB=str(path), **environment)
