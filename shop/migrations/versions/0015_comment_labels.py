"""What each comment means: intents, sentiment, question, the thing wanted, with reasons and version."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0015"
down_revision = "0014"


def upgrade():
    """Bring the database from 0014 to 0015; `kilnboard comments relabel` labels the comments that are there."""
    op.create_table(
        "comment_label",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("comment_id", sa.String(), nullable=False),
        sa.Column("intents", sa.String(), nullable=False),
        sa.Column("sentiment", sa.String(), nullable=False),
        sa.Column("is_question", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("wants", sa.String(), server_default="{}", nullable=False),
        sa.Column("reasons", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("corrected_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "platform", "comment_id"),
        sqlite_with_rowid=False,
    )
