"""Order lines by province; the ledger's index holds all that a shelf's figures are added up from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEYS = {"shop_id": sa.Integer, "day": sa.String, "platform": sa.String, "currency": sa.String,
        "province": sa.String}
STALE = (
    "INSERT OR IGNORE INTO stale_day (shop_id, day) "
    "SELECT DISTINCT shop_id, paid_on FROM order_line WHERE paid_on IS NOT NULL"
)


def upgrade() -> None:
    """Bring the database from 0007 to 0008; the next question tells the provinces of what is there."""
    op.create_table(
        "fact_place",
        *(
            sa.Column(name, kind(10) if name == "day" else kind(), autoincrement=False, nullable=False)
            for name, kind in KEYS.items()
        ),
        sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint(*KEYS),
        sqlite_with_rowid=False,
    )
    op.drop_index("stock_movement_sku", "stock_movement")
    op.create_index(
        "stock_movement_sku", "stock_movement", ["shop_id", "sku", "moved_at", "reason", "on_hand"]
    )
    op.execute(STALE)
