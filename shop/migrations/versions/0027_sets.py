"""Sets: what a SKU is made of, since when, and which set an allocation is for."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add a table and two columns; no row changes."""
    op.add_column("variant", sa.Column("parts", sa.String(), nullable=True))
    op.add_column("stock_claim", sa.Column("set_sku", sa.String(), nullable=True))
    op.create_table(
        "set_part",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_sku", sa.String(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("part_sku", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.CheckConstraint("pieces > 0 AND place >= 0", name="set_part_pieces"),
        sa.PrimaryKeyConstraint("shop_id", "set_sku", "from_at", "part_sku"),
        sqlite_with_rowid=False,
    )
    op.create_index("set_part_part", "set_part", ["shop_id", "part_sku"])
