"""Reviews, own accounts, answers, leads with sealed contacts, and demand that the shop acted on."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day, Instant

revision = "0018"
down_revision = "0017"
OPEN = "is_question AND answered_at IS NULL AND NOT is_own"


def upgrade():
    """Bring the database from 0017 to 0018: comments stay as they are until the next load looks at them."""
    for name, kind, default in (
        ("answered_how", sa.String(), None),
        ("is_own", sa.Boolean(), "0"),
        ("is_review", sa.Boolean(), "0"),
        ("is_replied", sa.Boolean(), "0"),
        ("order_id", sa.String(), None),
        ("product_id", sa.String(), None),
        ("stars", sa.BigInteger(), None),
        ("video_title", sa.String(), None),
        ("sealed_contact", sa.String(), None),
    ):
        op.add_column("comment", sa.Column(name, kind, server_default=default, nullable=default is None))
    op.create_index("comment_open", "comment", ["shop_id", "written_on"], sqlite_where=sa.text(OPEN))
    op.create_table(
        "own_author",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("author_key", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), server_default="typed", nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("is_dismissed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "platform", "author_key"),
    )
    op.create_table(
        "comment_settings",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer_days", sa.Integer(), server_default="14", nullable=False),
        sa.Column("lead_days", sa.Integer(), server_default="180", nullable=False),
        sa.Column("shipping_text", sa.String(), nullable=True),
        sa.Column("public_key", sa.String(), nullable=True),
        sa.Column("private_key", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("operations", sa.Integer(), server_default="0", nullable=False),
        sa.Column("memory", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("shop_id"),
    )
    op.create_table(
        "lead",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("comment_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="new", nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("next_step", sa.String(), nullable=True),
        sa.Column("next_on", Day(length=10), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("erase_on", Day(length=10), nullable=True),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "platform", "comment_id"),
    )
    op.create_table(
        "demand",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("glaze", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("started_on", Day(length=10), nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sku", sa.String(), nullable=True),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "form", "glaze", "size"),
    )
    op.create_table(
        "demand_notice",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("comment_id", sa.String(), nullable=False),
        sa.Column("informed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "platform", "comment_id"),
    )
