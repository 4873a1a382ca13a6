"""Reading all landed pages again with the parsers of this version."""

from __future__ import annotations

from etl import platforms
from etl.http.rate_limit import Clock
from etl.platforms.base import Connector, Resource
from etl.platforms.records import ParseContext
from etl.sync import landing
from etl.sync.landing import Counts, Place
from etl.sync.lease import SyncLease, lease_of
from etl.sync.options import RunReport
from etl.sync.store import store
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.orders.upsert import Upsert


def reparse(
    db: Database, platform: str | None = None, *, shop_id: int = 1, clock: Clock | None = None
) -> list[RunReport]:
    """Read all landed pages again with the parsers of this version; sends no request."""
    clock, reports = clock or Clock(), []
    for name in [platform] if platform else platforms.names():
        connector = platforms.connector(name)
        with lease_of(db, shop_id, name, clock) as lease:
            for resource in connector.RESOURCES:
                report = _reparse(db, shop_id, connector, resource, lease)
                if report.read:
                    reports.append(report)
    return reports


def _reparse(
    db: Database, shop_id: int, connector: Connector, resource: Resource, lease: SyncLease
) -> RunReport:
    place, counts = Place(shop_id, connector.NAME, resource.kind), Counts()
    with db.write(quiet=True) as connection:
        lease.check(connection)
        facts = shop_settings(connection, shop_id)
        context = ParseContext(facts.time_zone, facts.currency)
        load = Upsert(connection, shop_id)
        for fetched_at, page in list(landing.landed(connection, place)):
            store(load, resource, context, place, [page], fetched_at, counts, again=True)
    return RunReport(
        place.platform, place.kind, 0, counts.read, counts.stored, counts.unchanged, counts.rejected
    )
