"""Status words of files whose meaning a user gave."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0003"


def upgrade():
    """One empty table."""
    op.create_table(
        "status_word",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "kind", "word"),
        sqlite_with_rowid=False,
    )
