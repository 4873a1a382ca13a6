"""How each connector stands: connected or not, how far it has read, what it does not offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from etl import credentials, platforms
from etl.http.errors import NotConnected
from etl.platforms.base import Gap
from shop.db.database import Database


@dataclass(frozen=True)
class Resource:
    """One resource: up to when it has been read, how its last run ended, how many records wait.

    Moments are seconds UTC, None for never; `outcome` is running, done, stopped or failed.
    """

    kind: str
    read_until: int | None
    outcome: str | None
    ended_at: int | None
    error: str | None
    set_aside: int


@dataclass(frozen=True)
class Standing:
    """One connector: whether its keys are there, its resources, and the gaps that files fill."""

    platform: str
    connected: bool
    resources: Sequence[Resource]
    gaps: Sequence[Gap]


LAST_RUN = """
SELECT r.outcome, r.ended_at, r.error FROM sync_run r WHERE r.shop_id = :shop
  AND r.platform = :platform AND r.kind = :kind ORDER BY r.run_id DESC LIMIT 1
"""
READ_UNTIL = """
SELECT read_until FROM cursor WHERE shop_id = :shop AND platform = :platform AND kind = :kind
"""
WAITING = """
SELECT COUNT(*) FROM rejected_answer WHERE shop_id = :shop AND platform = :platform AND kind = :kind
"""


def standing(db: Database, shop_id: int = 1) -> list[Standing]:
    """Every connector, connected or not."""
    return [_standing(db, shop_id, name) for name in platforms.names()]


def _standing(db: Database, shop_id: int, name: str) -> Standing:
    connector = platforms.connector(name)
    try:
        credentials.load(connector)
        connected = True
    except NotConnected:
        connected = False
    with db.read() as connection:
        found = []
        for resource in connector.RESOURCES:
            place = {"shop": shop_id, "platform": name, "kind": resource.kind}
            run = connection.execute(text(LAST_RUN), place).one_or_none() or (None, None, None)
            until = connection.execute(text(READ_UNTIL), place).scalar()
            waiting = int(connection.execute(text(WAITING), place).scalar() or 0)
            found.append(Resource(resource.kind, until, run[0], run[1], run[2], waiting))
    return Standing(name, connected, found, connector.GAPS)
