"""The shops of a group, who may see which, and accounts that have no role in the home itself."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Add two tables and a column; until a shop is added nothing is different."""
    op.create_table(
        "group_shop",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "group_access",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'assistant', 'packer', 'creator', 'sums')", name="group_access_role"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["name"], ["group_shop.name"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "name"),
        sqlite_with_rowid=False,
    )
    op.add_column("account", sa.Column("is_guest", sa.Boolean(), server_default="0", nullable=False))
