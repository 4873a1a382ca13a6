"""The SKU, the pieces and the buyer of a return, so that it can be joined to its sale."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the three columns, and what the look-up of a return's sale reads."""
    op.add_column("refund", sa.Column("sku", sa.String(), nullable=True))
    op.add_column("refund", sa.Column("quantity", sa.BigInteger(), nullable=True))
    op.add_column("refund", sa.Column("buyer_key", sa.BigInteger(), nullable=True))
    op.create_index(
        "refund_without_sale", "refund", ["shop_id"], sqlite_where=sa.text("sku IS NOT NULL AND line_id IS NULL")
    )
