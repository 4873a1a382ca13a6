"""What a studio chose for its shop, and the last run of each job that the dashboard runs by itself."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add two tables; no row changes."""
    op.create_table(
        "preference",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(), server_default="", nullable=False),
        sa.Column("up", sa.String(), server_default="", nullable=False),
        sa.Column("week_start", sa.Integer(), server_default="1", nullable=False),
        sa.Column("sync_minutes", sa.Integer(), server_default="30", nullable=False),
        sa.Column("skipped_steps", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("shop_id"),
    )
    op.create_table(
        "background_job",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("details", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "name"),
    )
