"""Firing curves: the temperature of a firing over time."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add a table; no row changes."""
    op.create_table(
        "firing_curve",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("firing_id", sa.String(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False, server_default=""),
        sa.Column("added_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "firing_id"),
    )
