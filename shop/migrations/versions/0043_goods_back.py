"""Indexes of the cases that bring goods back: the returns nobody has received are read without all refunds."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
KEEPS_ROLLUPS = True
KEY = ["shop_id", "platform", "order_id"]


def upgrade() -> None:
    """Add the indexes."""
    op.create_index(
        "refund_of_goods",
        "refund",
        KEY,
        sqlite_where=sa.text("kind IN ('return_refund', 'exchange') AND status <> 'closed'"),
    )
    op.create_index(
        "order_line_turned_back",
        "order_line",
        [*KEY, "shipped_at", "updated_at"],
        sqlite_where=sa.text("status = 'cancelled' AND shipped_at IS NOT NULL"),
    )
