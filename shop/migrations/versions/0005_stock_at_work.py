"""The stock ledger at work: siblings and counts in claims, returns received, pushing allowed."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the database from 0004 to 0005; nothing wrote claims, holds or counts before."""
    for table in ("stock_claim", "stock_hold", "stocktake_line"):
        op.drop_table(table)
    op.create_table('stock_claim',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('order_id', sa.String(), nullable=False),
    sa.Column('line_id', sa.String(), nullable=False),
    sa.Column('part', sa.Integer(), autoincrement=False, server_default='0', nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), server_default='0', nullable=False),
    sa.Column('short', sa.Integer(), server_default='0', nullable=False),
    sa.Column('returned', sa.Integer(), server_default='0', nullable=False),
    sa.Column('agreed', sa.Integer(), server_default='0', nullable=False),
    sa.Column('counted_out', sa.Integer(), server_default='0', nullable=False),
    sa.Column('paid_at', Instant(), nullable=False),
    sa.Column('is_shipped', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('shipped_at', Instant(), nullable=True),
    sa.Column('content_id', sa.String(), nullable=True),
    sa.Column('settled_at', Instant(), nullable=True),
    sa.Column('settled_by', sa.String(), nullable=True),
    sa.Column('settled_how', sa.String(), nullable=True),
    sa.CheckConstraint('taken >= 0 AND short >= 0 AND returned >= 0 AND agreed >= 0 AND counted_out BETWEEN 0 AND taken AND wanted = taken + short', name='stock_claim_signs'),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'order_id', 'line_id', 'part'),
    sqlite_with_rowid=False
    )
    op.create_index('stock_claim_sku', 'stock_claim', ['shop_id', 'sku', 'paid_at'], unique=False)
    op.create_index('stock_claim_short', 'stock_claim', ['shop_id', 'sku'], unique=False, sqlite_where=sa.text('short > 0'))
    op.create_table('stock_hold',
    sa.Column('hold_id', sa.Integer(), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('kept', sa.Integer(), server_default='0', nullable=False),
    sa.Column('platform', sa.String(), nullable=True),
    sa.Column('session_id', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('made_at', Instant(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.Column('ended_at', Instant(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.CheckConstraint('quantity > 0 AND kept >= 0', name='stock_hold_quantity'),
    sa.PrimaryKeyConstraint('hold_id')
    )
    op.create_index('stock_hold_open', 'stock_hold', ['shop_id', 'sku', 'ended_at'], unique=False)
    op.create_table('stocktake_line',
    sa.Column('count_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('seen', sa.Integer(), server_default='0', nullable=False),
    sa.Column('counted', sa.BigInteger(), nullable=True),
    sa.Column('counted_at', Instant(), nullable=True),
    sa.Column('counted_by', sa.String(), nullable=True),
    sa.CheckConstraint('counted IS NULL OR counted >= 0', name='stocktake_line_counted'),
    sa.PrimaryKeyConstraint('count_id', 'sku'),
    sqlite_with_rowid=False
    )
    op.create_table('return_receipt',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('order_id', sa.String(), nullable=False),
    sa.Column('line_id', sa.String(), nullable=False),
    sa.Column('part', sa.Integer(), autoincrement=False, server_default='0', nullable=False),
    sa.Column('refund_id', sa.String(), nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('whole', sa.Integer(), server_default='0', nullable=False),
    sa.Column('broken', sa.Integer(), server_default='0', nullable=False),
    sa.Column('missing', sa.Integer(), server_default='0', nullable=False),
    sa.Column('received_at', Instant(), nullable=False),
    sa.Column('received_by', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.CheckConstraint('whole >= 0 AND broken >= 0 AND missing >= 0 AND whole + broken + missing > 0', name='return_receipt_pieces'),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'order_id', 'line_id', 'part', 'refund_id')
    )
    op.add_column('platform_terms', sa.Column('push_stock', sa.Boolean(), server_default='0', nullable=False))
