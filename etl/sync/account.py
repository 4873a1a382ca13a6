"""The accounts of the connected platforms, ready to be called."""

from __future__ import annotations

from etl import credentials, platforms
from etl.http.client import Client
from etl.http.errors import NotConnected
from etl.http.rate_limit import Budget
from etl.platforms.base import Account, Connector, Keys
from etl.platforms.records import ParseContext
from etl.sync.lease import SyncLease
from etl.sync.options import Options
from etl.sync.tokens import renewed
from shop.db.database import Database
from shop.metrics.settings import ShopSettings


def connected() -> list[str]:
    """The connectors whose keys are there."""
    result = []
    for name in platforms.names():
        try:
            credentials.load(platforms.connector(name))
        except NotConnected:
            continue
        result.append(name)
    return result


def open_account(
    db: Database,
    connector: Connector,
    keys: Keys,
    facts: ShopSettings,
    options: Options,
    lease: SyncLease | None = None,
) -> Account:
    """An account that is ready to be called."""
    settings = credentials.settings_of(connector)
    budget = Budget(options.budget) if options.budget else Budget()
    client = Client(
        connector.NAME,
        credentials.hosts_of(connector, settings),
        rate=float(settings.get("rate") or connector.RATE),
        clock=options.clock,
        budget=budget,
        heartbeat=lease.renew if lease else lambda: None,
        **options.client,
    )
    account = Account(connector, client, keys, ParseContext(facts.time_zone, facts.currency), settings)
    account.renew = lambda old: renewed(db, facts.shop_id, account, old)
    return account
