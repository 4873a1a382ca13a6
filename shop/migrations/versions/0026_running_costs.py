"""Rates of couriers, packing and work, hours worked, and advertising entered by hand."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add three tables; no row changes."""
    op.create_table(
        "cost_rate",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("up_to_g", sa.Integer(), nullable=False),
        sa.Column("from_on", Day(length=10), nullable=False),
        sa.Column("cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.CheckConstraint("cents >= 0 AND up_to_g >= 0", name="cost_rate_range"),
        sa.PrimaryKeyConstraint("shop_id", "kind", "platform", "province", "up_to_g", "from_on"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "labour_entry",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", Day(length=10), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name="labour_entry_minutes"),
        sa.PrimaryKeyConstraint("shop_id", "day", "task"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ad_entry",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("day", Day(length=10), nullable=False),
        sa.Column("product_code", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name="ad_entry_amount"),
        sa.PrimaryKeyConstraint("shop_id", "platform", "day", "product_code"),
        sqlite_with_rowid=False,
    )
