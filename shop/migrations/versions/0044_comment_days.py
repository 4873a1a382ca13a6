"""Comments of each day as arrays; triggers note the days that change."""

import sqlalchemy as sa
from alembic import op

from shop.models.triggers import TRIGGERS

revision = "0044"
down_revision = "0043"
KEEPS_ROLLUPS = True
ARRAYS = ("group_numbers", "authors", "texts", "starts", "ids")
TEXTS = ("platform", "language", "place")


def upgrade() -> None:
    """Add the tables and triggers; the days of all comments are still to be computed."""
    op.create_table(
        "comment_day",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ARRAYS),
        sa.PrimaryKeyConstraint("shop_id", "day"),
    )
    op.create_table(
        "comment_group",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in TEXTS),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("is_question", sa.Boolean(), nullable=False),
        sa.Column("intents", sa.String(), nullable=False),
        sa.Column("sentiment", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stale_comment_day",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "day"),
        sqlite_with_rowid=False,
    )
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute(
        "INSERT INTO stale_comment_day (shop_id, day) SELECT DISTINCT shop_id, COALESCE(written_on, '') FROM comment"
    )
