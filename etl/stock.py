"""Tell a platform how many pieces of a listing there are."""

from __future__ import annotations

from sqlalchemy import text

from etl import credentials, platforms
from etl.errors import UnknownListing
from etl.sync import Options, open_account
from shop.db import Database
from shop.shops import shop_facts

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
        facts = shop_facts(connection, shop_id)
        place = {"shop": shop_id, "platform": connector.PLATFORM, "listing": listing_id}
        product = connection.execute(text(FIND), place).scalar()
    if product is None:
        raise UnknownListing(platform=platform, listing=listing_id)
    account = open_account(db, connector, keys, facts, options or Options())
    try:
        connector.set_stock(account, str(product), listing_id, quantity)
    finally:
        account.client.close()
