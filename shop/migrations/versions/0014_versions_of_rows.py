"""What each import states of a row that several state; when a file was exported, and which sheet was read."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0014"
down_revision = "0013"


def upgrade():
    """Bring the database from 0013 to 0014: no row changes, what was read before states itself."""
    op.create_table(
        "row_statement",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("first_key", sa.String(), nullable=False),
        sa.Column("rest_key", sa.String(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payload_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "shop_id", "fact", "platform", "first_key", "rest_key", "updated_at", "payload_hash"
        ),
        sqlite_with_rowid=False,
    )
    op.add_column("source_file", sa.Column("exported_at", Instant(), nullable=True))
    op.add_column("source_file", sa.Column("worksheet", sa.String(), nullable=True))
