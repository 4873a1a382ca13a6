"""What platforms deduct from payouts for the courier."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add a column to settlements, 0 where nothing is stated, and an index of those that state it."""
    op.add_column(
        "settlement", sa.Column("courier_cents", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_index(
        "settlement_courier",
        "settlement",
        ["shop_id", "currency"],
        sqlite_where=sa.text("courier_cents <> 0"),
    )
