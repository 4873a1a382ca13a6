"""An index of the stock ledger by time: what sold in a few weeks is read without all that ever moved."""

from alembic import op

revision = "0042"
down_revision = "0041"
KEEPS_ROLLUPS = True


def upgrade() -> None:
    """Add the index."""
    op.create_index("stock_movement_time", "stock_movement", ["shop_id", "moved_at", "sku", "reason", "on_hand"])
