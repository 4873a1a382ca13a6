"""The numbered steps of the database's schema; the newest released or coming one is HEAD.

Development versions had steps 0003 to 0010, which became the one step 0003: the next one is 0011.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, text

from shop.core.errors import UnreleasedDatabase

FOLDER = Path(__file__).parent
HEAD = max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))
SQUASHED = "0003"
LAST_UNRELEASED = "0010"
LAST_TABLE = "fact_refund"  # created by the last unreleased step: with it the schema is that of SQUASHED


def known_revision(stamp: str | None, tables: Collection[str]) -> str | None:
    """The step that a database's stamp means in this version; None where there is no stamp.

    Raises UnreleasedDatabase where a development version left the schema between two releases.
    """
    if stamp is None or not SQUASHED <= stamp <= LAST_UNRELEASED:
        return stamp
    if LAST_TABLE not in tables:
        raise UnreleasedDatabase(found=stamp)
    return SQUASHED


def is_rebuild_needed(since: str) -> bool:
    """Whether the roll-ups of a database of this step must be computed again once it is brought to HEAD.

    A step with `KEEPS_ROLLUPS = True` (an index, a table of its own) does not need it. At a million order lines the
    computation takes minutes.
    """
    later = (path.stem for path in sorted((FOLDER / "versions").glob("[0-9]*.py")) if path.name[:4] > since)
    steps = (import_module(f"{__name__}.versions.{name}") for name in later)
    return not all(getattr(step, "KEEPS_ROLLUPS", False) for step in steps)


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the database of this connection to a step, inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def stamp(connection: Connection, revision: str) -> None:
    """Write down the step that the database's schema is at."""
    connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
