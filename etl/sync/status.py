"""How each connector stands: connected or not, how far it has read, what it does not offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from etl import credentials, platforms
from etl.http.errors import NotConnected
from etl.platforms.base import UnavailableKind
from shop.db.database import Database


@dataclass(frozen=True)
class ResourceStatus:
    """One resource: up to when it has been read, how its last run ended, how many records wait.

    Moments are seconds UTC, None for never; `outcome` is running, done, stopped or failed.
    """

    kind: str
    read_until: int | None
    outcome: str | None
    ended_at: int | None
    error: str | None
    rejected: int


@dataclass(frozen=True)
class PlatformStatus:
    """One connector: whether its keys are there, its resources, and the gaps that files fill."""

    platform: str
    connected: bool
    resources: Sequence[ResourceStatus]
    gaps: Sequence[UnavailableKind]


LAST_RUN = """
SELECT r.outcome, r.ended_at, r.error FROM sync_run r WHERE r.shop_id = :shop
  AND r.platform = :platform AND r.kind = :kind ORDER BY r.run_id DESC LIMIT 1
"""
READ_UNTIL = """
SELECT read_until FROM cursor WHERE shop_id = :shop AND platform = :platform AND kind = :kind
"""
REJECTED = """
SELECT COUNT(*) FROM rejected_answer WHERE shop_id = :shop AND platform = :platform AND kind = :kind
"""


def platform_statuses(db: Database, shop_id: int = 1) -> list[PlatformStatus]:
    """Every connector, connected or not."""
    return [_platform_status(db, shop_id, name) for name in platforms.names()]


def _platform_status(db: Database, shop_id: int, name: str) -> PlatformStatus:
    connector = platforms.connector(name)
    try:
        credentials.load(connector)
        connected = True
    except NotConnected:
        connected = False
    with db.read() as connection:
        result = []
        for resource in connector.RESOURCES:
            place = {"shop": shop_id, "platform": name, "kind": resource.kind}
            run = connection.execute(text(LAST_RUN), place).one_or_none() or (None, None, None)
            until = connection.execute(text(READ_UNTIL), place).scalar()
            pending = int(connection.execute(text(REJECTED), place).scalar() or 0)
            result.append(ResourceStatus(resource.kind, until, run[0], run[1], run[2], pending))
    return PlatformStatus(name, connected, result, connector.GAPS)
