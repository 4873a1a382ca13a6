"""What was erased of buyers, for how long records are stored, and where each action came from."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add two tables and one column."""
    op.create_table(
        "erased_record",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("person_key", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "platform", "kind", "record_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "retention",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "kind"),
    )
    op.add_column("audit", sa.Column("origin", sa.String(), nullable=True))
