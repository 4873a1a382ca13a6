"""Send the stock of listings to the platforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from etl import credentials, platforms
from etl.errors import NotOffered, UnknownListing
from etl.http.errors import (
    NotAuthorised,
    NotConnected,
    PlatformError,
    SyncRunning,
    TryLater,
    Unsure,
    of_answers,
)
from etl.platforms.base import Account, Connector
from etl.sync.account import connected, open_account
from etl.sync.failpoints import step
from etl.sync.lease import SyncLease, lease_of
from etl.sync.options import Options
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.stock.publish import DueUpdate, due, record_result

PRODUCTS = text("SELECT listing_id, product_id FROM listing WHERE shop_id = :shop AND platform = :platform")

FIND = """
SELECT product_id FROM listing
WHERE shop_id = :shop AND platform = :platform AND listing_id = :listing
"""


def push_stock(
    db: Database,
    platform: str,
    listing_id: str,
    quantity: int,
    *,
    shop_id: int = 1,
    options: Options | None = None,
) -> None:
    """Set the quantity of one listing (a SKU as the platform numbers it) on its platform.

    `platform` is the connector's name. Raises UnknownListing, NotConnected, NotOffered, or a
    PlatformError; Unsure where the answer got lost and a repeat might do it twice.
    """
    connector = platforms.connector(platform)
    keys = credentials.load(connector)
    with db.read() as connection:
        facts = shop_settings(connection, shop_id)
        place = {"shop": shop_id, "platform": connector.PLATFORM, "listing": listing_id}
        product = connection.execute(text(FIND), place).scalar()
    if product is None:
        raise UnknownListing(platform=platform, listing=listing_id)
    account = open_account(db, connector, keys, facts, options or Options())
    try:
        connector.set_stock(account, str(product), listing_id, quantity)
    finally:
        account.client.close()


@dataclass(frozen=True)
class Pushed:
    """What was sent to one platform about one listing; `outcome` is done, failed, unsure or skipped."""

    due: DueUpdate
    outcome: str
    error: ShopError | None = None


OnPushed = Callable[[Pushed], None]
STOPPING = (NotAuthorised, NotConnected, NotOffered, SyncRunning, TryLater)


def push_due(
    db: Database,
    platform: str | None = None,
    *,
    shop_id: int = 1,
    options: Options | None = None,
    on_pushed: OnPushed = lambda due: None,
) -> list[Pushed]:
    """Send the platforms what is due: of all that the owner allows and that are connected.

    `platform` (a connector's name) narrows it to one. Each listing is written down as unsure before
    it is sent, and as done or failed after: wherever this stops, what may not have arrived
    is sent again at the next push. Trouble that all listings of a platform would have ends its turn
    and is in the first listing's `error`.
    """
    options = options or Options()
    known = {name: platforms.connector(name) for name in ([platform] if platform else connected())}
    pushed: list[Pushed] = []
    for name, connector in known.items():
        pending = [
            due
            for due in due(db, [connector.PLATFORM], now=int(options.clock.now()), shop_id=shop_id)
            if due.is_allowed
        ]
        if not pending or not connector.TAKES_STOCK:
            continue
        try:
            with lease_of(db, shop_id, f"{name}/stock", options.clock) as lease:
                pushed += _push(db, connector, pending, shop_id, options, lease, on_pushed)
        except SyncRunning as problem:
            pushed.append(Pushed(pending[0], "skipped", problem))
    return pushed


def _push(
    db: Database,
    connector: Connector,
    pending: Sequence[DueUpdate],
    shop_id: int,
    options: Options,
    lease: SyncLease,
    on_pushed: OnPushed,
) -> list[Pushed]:
    """Send to one platform, listing by listing."""
    with db.read() as connection:
        facts = shop_settings(connection, shop_id)
        place = {"shop": shop_id, "platform": connector.PLATFORM}
        products = {row[0]: str(row[1]) for row in connection.execute(PRODUCTS, place)}
    account = open_account(db, connector, credentials.load(connector), facts, options, lease)
    result = []
    try:
        for due in pending:
            product = products[due.listing_id]
            result.append(_push_one(db, account, connector, due, product, shop_id, options))
            on_pushed(result[-1])
            if isinstance(result[-1].error, STOPPING):
                break
    finally:
        account.client.close()
    return result


def _push_one(
    db: Database,
    account: Account,
    connector: Connector,
    due: DueUpdate,
    product: str,
    shop_id: int,
    options: Options,
) -> Pushed:
    def accepted(outcome: str, error: str | None = None) -> None:
        with db.write(quiet=True) as connection:
            now = int(options.clock.now())
            record_result(connection, due, outcome, now=now, error=error, shop_id=shop_id)

    accepted("unsure")
    step("push-begun")
    try:
        with of_answers(connector.NAME):
            connector.set_stock(account, product, due.listing_id, due.quantity)
    except Unsure as problem:
        return Pushed(due, "unsure", problem)
    except (PlatformError, NotOffered) as problem:
        accepted("failed", problem.code)
        return Pushed(due, "failed", problem)
    step("push-answered")
    accepted("done")
    return Pushed(due, "done")
