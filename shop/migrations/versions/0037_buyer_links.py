"""Buyers' keys of files and of the API that stand for one buyer."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
KEY = ("shop_id", "platform", "order_id", "file_key")


def upgrade() -> None:
    """Add the table; what stored orders teach is learned with the next import or sync (see identity/buyers.py)."""
    op.create_table(
        "buyer_link",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("file_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("buyer_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY),
        sqlite_with_rowid=False,
    )
    op.create_index("buyer_link_key", "buyer_link", ["shop_id", "platform", "file_key"])
    op.execute(
        "INSERT INTO meta (name, value) SELECT DISTINCT 'buyers_to_learn_' || CAST(shop_id AS VARCHAR), '' "
        "FROM row_statement WHERE fact = 'order_line'"
    )
