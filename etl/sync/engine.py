"""Pull from the platforms: `sync` reads what changed since the last run.

A run reads one resource of one connector from its cursor less a look-back, a window at a time. The rows,
the landed pages and the cursor of a window are one transaction under a lease, so a crash at any
instruction loses nothing and doubles nothing: the next run goes on where this one was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from etl import credentials, platforms
from etl.http.errors import NotConnected, SyncRunning
from etl.platforms.base import Connector, Keys
from etl.sync import landing
from etl.sync.account import connected, open_account
from etl.sync.failpoints import step
from etl.sync.lease import lease_of
from etl.sync.options import Options, RunReport
from etl.sync.run import Worker
from shop.db.database import Database
from shop.metrics.settings import shop_settings


def sync(
    db: Database,
    platform: str | None = None,
    *,
    since: int | None = None,
    shop_id: int = 1,
    kinds: Sequence[str] = (),
    options: Options | None = None,
) -> list[RunReport]:
    """Read what changed on one platform or on all that are connected; one report per resource.

    `since` (seconds UTC) reads again from there. What goes wrong with a platform is in its
    report's `error`; raises NotConnected or UnknownPlatform before any request.
    """
    options = options or Options()
    names = [platform] if platform else connected()
    if not names:
        raise NotConnected(platform="PLATFORM", missing="all of " + ", ".join(platforms.names()))
    chosen = [platforms.connector(name) for name in names]
    keys = [credentials.load(connector) for connector in chosen]
    reports: list[RunReport] = []
    for connector, key in zip(chosen, keys, strict=True):
        try:
            with _working(db, shop_id, connector, key, options) as worker:
                reports += worker.run(since, kinds)
        except SyncRunning as problem:
            reports.append(RunReport(connector.NAME, "", error=problem))
    return reports


@contextmanager
def _working(
    db: Database, shop_id: int, connector: Connector, keys: Keys, options: Options
) -> Iterator[Worker]:
    with lease_of(db, shop_id, connector.NAME, options.clock) as lease:
        step("lease-taken")
        with db.read() as connection:
            facts = shop_settings(connection, shop_id)
        account = open_account(db, connector, keys, facts, options, lease)
        try:
            yield Worker(db, shop_id, connector, account, lease, options)
            confirmed = account.confirmed()
            if confirmed is not None:
                with db.write(quiet=True) as connection:
                    landing.drop_old_pages(connection, shop_id, confirmed)
                    landing.drop_old_runs(connection, shop_id, confirmed)
                    landing.store_clock_difference(connection, account.client.clock_difference() or 0)
        finally:
            account.client.close()
