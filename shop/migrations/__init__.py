"""The database's steps from the first release on, numbered; the newest number is HEAD."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

FOLDER = Path(__file__).parent
HEAD = max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the database of this connection to a step, inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
