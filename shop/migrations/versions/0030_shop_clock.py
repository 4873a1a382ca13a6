"""The clock of each shop, for views; the view `orders` gives way to `v_order` (shop/open_data)."""

import sqlalchemy as sa
from alembic import op

from shop.core.clock import offsets
from shop.models.base import Instant

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add a table, filled for every shop that has a time zone."""
    op.execute("DROP VIEW IF EXISTS orders")
    clock = op.create_table(
        "shop_clock",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "from_at"),
        sqlite_with_rowid=False,
    )
    for shop_id, time_zone in op.get_bind().execute(sa.text("SELECT shop_id, time_zone FROM shop")).fetchall():
        rows = [{"shop_id": shop_id, "from_at": at, "seconds": seconds} for at, seconds in offsets(time_zone)]
        op.bulk_insert(clock, rows)
