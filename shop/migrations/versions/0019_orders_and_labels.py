"""Promised dispatch and courier of order lines, a text of order numbers to search, parcels, picked lines, label codes."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0019"
down_revision = "0018"
NUMBERS_AT_ONCE = 4000


def upgrade():
    """Bring the database from 0018 to 0019; the numbers of the orders that are there become searchable."""
    op.add_column("order_line", sa.Column("promised_at", Instant(), nullable=True))
    op.add_column("order_line", sa.Column("courier", sa.String(), nullable=True))
    op.create_index(
        "order_line_to_send", "order_line", ["shop_id", "promised_at"], sqlite_where=sa.text("status = 'paid'")
    )
    op.create_table(
        "order_numbers",
        sa.Column("chunk_id", sa.Integer(), primary_key=True),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
    )
    _fill_numbers(op.get_bind())
    op.create_table(
        "parcel",
        *_order_key(),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sent_by", sa.String(), nullable=True),
        sa.Column("waits_for", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("shop_id", "platform", "order_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "picked_line",
        *_order_key(),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("picked_at", Instant(), nullable=True),
        sa.Column("picked_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "platform", "order_id", "line_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "label_code",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "code"),
        sa.UniqueConstraint("shop_id", "kind", "subject"),
        sqlite_with_rowid=False,
    )


def _order_key():
    return (
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
    )


def _fill_numbers(connection):
    """Write the numbers of all stored orders, in chunks, as shop/orders/numbers.py does from now on."""
    rows = connection.execute(
        sa.text("SELECT shop_id, platform, order_id, line_id FROM order_line ORDER BY shop_id, platform, order_id")
    )
    place, numbers = None, []
    for shop, platform, order, line in rows:
        if numbers and (place != (shop, platform) or len(numbers) == NUMBERS_AT_ONCE):
            _write(connection, place, numbers)
            numbers = []
        place = (shop, platform)
        numbers.append(order if line == order else f"{order} {line}")
    if numbers:
        _write(connection, place, numbers)


def _write(connection, place, numbers):
    values = {"shop": place[0], "platform": place[1], "numbers": "\n".join(numbers)}
    connection.execute(
        sa.text("INSERT INTO order_numbers (shop_id, platform, numbers) VALUES (:shop, :platform, :numbers)"),
        values,
    )
