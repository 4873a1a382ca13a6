"""Stock for tests: movements of the ledger written as the ledger stores them."""

from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import text

from shop.db.database import Database
from tests.support.shops.catalogs import put as put_row

NUMBERS = count()
ZONE = ZoneInfo("Asia/Shanghai")


def moment(day: str, hour: int = 10) -> int:
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=ZONE).timestamp())


def book_stock(db: Database, sku: str, *changes: tuple[str, str, int], **more: object) -> None:
    """Movements (day, reason, pieces) of one SKU, and the balance that is their sum."""
    with db.write() as connection:
        for day, reason, pieces in changes:
            put_row(
                connection,
                "stock_movement",
                sku=sku,
                reason=reason,
                on_hand=pieces,
                moved_at=moment(day),
                actor="test",
                move_key=f"test:{next(NUMBERS)}",
                **more,
            )
        known = connection.execute(
            text("SELECT 1 FROM stock_balance WHERE shop_id = 1 AND sku = :sku"), {"sku": sku}
        ).scalar()
        if not known:
            put_row(connection, "stock_balance", sku=sku, tracked_from=moment(changes[0][0]))
        connection.execute(
            text("UPDATE stock_balance SET on_hand = on_hand + :pieces WHERE sku = :sku"),
            {"pieces": sum(pieces for _, _, pieces in changes), "sku": sku},
        )
