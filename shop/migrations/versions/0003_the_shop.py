"""The shop: pieces, photos, matching, the stock ledger, kilns, materials, costs, the audit, plans, roll-ups."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day, Instant

revision = "0003"
down_revision = "0002"

SALES_KEYS = ("platform", "currency", "carrier", "seller")
PAYOUTS = ("settled_lines", "settled_orders", "settled_cents", "settled_refund_cents", "income_cents",
           "platform_fee_cents", "commission_cents", "other_fee_cents", "void_orders", "void_cents")


def upgrade():
    """Bring the database from 0002 to 0003; `shop.connect` computes the roll-ups of what is there."""
    make_tables()
    extend_tables()
    make_rollups()


def make_tables():
    """What is typed in by hand, and the ledgers."""
    op.create_table('audit',
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('done_at', Instant(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('changes', sa.Integer(), server_default='1', nullable=False),
    sa.Column('undo', sa.Text(), nullable=True),
    sa.Column('undone_at', Instant(), nullable=True),
    sa.Column('undone_by', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('audit_id')
    )
    op.create_index('audit_done_at', 'audit', ['shop_id', 'done_at'], unique=False)
    op.create_table('batch_cost',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch_id', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('pieces_in', sa.Integer(), nullable=False),
    sa.Column('pieces_out', sa.Integer(), nullable=False),
    sa.Column('material_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('kiln_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('loss_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'batch_id', 'stage'),
    sqlite_with_rowid=False
    )
    op.create_table('batch_grade',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch_id', sa.String(), nullable=False),
    sa.Column('part', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('grade', sa.String(), nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.CheckConstraint('pieces > 0', name='batch_grade_pieces'),
    sa.PrimaryKeyConstraint('shop_id', 'batch_id', 'part', 'grade', 'sku')
    )
    op.create_table('batch_loss',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch_id', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('part', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.CheckConstraint('pieces > 0', name='batch_loss_pieces'),
    sa.PrimaryKeyConstraint('shop_id', 'batch_id', 'stage', 'part', 'cause')
    )
    op.create_table('batch_step',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch_id', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('part', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('pieces_in', sa.Integer(), nullable=False),
    sa.Column('pieces_out', sa.BigInteger(), nullable=True),
    sa.Column('done_on', Day(length=10), nullable=True),
    sa.Column('firing_id', sa.String(), nullable=True),
    sa.Column('position', sa.String(), nullable=True),
    sa.Column('maker', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.CheckConstraint('pieces_in > 0 AND (pieces_out IS NULL OR pieces_out BETWEEN 0 AND pieces_in)', name='batch_step_pieces'),
    sa.PrimaryKeyConstraint('shop_id', 'batch_id', 'stage', 'part')
    )
    op.create_index('batch_step_firing', 'batch_step', ['shop_id', 'firing_id'], unique=False)
    op.create_table('firing',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('firing_id', sa.String(), nullable=False),
    sa.Column('kiln_id', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('status', sa.String(), server_default='planned', nullable=False),
    sa.Column('planned_on', Day(length=10), nullable=True),
    sa.Column('fired_on', Day(length=10), nullable=True),
    sa.Column('opened_on', Day(length=10), nullable=True),
    sa.Column('top_celsius', sa.BigInteger(), nullable=True),
    sa.Column('energy_kwh', sa.BigInteger(), nullable=True),
    sa.Column('gas_litres', sa.BigInteger(), nullable=True),
    sa.Column('energy_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('wear_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('labour_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.CheckConstraint('energy_cents >= 0 AND wear_cents >= 0 AND labour_cents >= 0', name='firing_signs'),
    sa.PrimaryKeyConstraint('shop_id', 'firing_id')
    )
    op.create_index('firing_planned_on', 'firing', ['shop_id', 'planned_on'], unique=False)
    op.create_table('kiln',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kiln_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('fuel', sa.String(), server_default='electric', nullable=False),
    sa.Column('shelf_cm2', sa.Integer(), nullable=False),
    sa.Column('positions', sa.String(), server_default='top,middle,bottom', nullable=False),
    sa.Column('wear_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('is_retired', sa.Boolean(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'kiln_id')
    )
    op.create_table('kiln_batch',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch_id', sa.String(), nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('maker', sa.String(), nullable=True),
    sa.Column('clay', sa.String(), nullable=True),
    sa.Column('status', sa.String(), server_default='open', nullable=False),
    sa.Column('started_on', Day(length=10), nullable=False),
    sa.Column('closed_on', Day(length=10), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.CheckConstraint('pieces > 0', name='kiln_batch_pieces'),
    sa.PrimaryKeyConstraint('shop_id', 'batch_id')
    )
    op.create_index('kiln_batch_sku', 'kiln_batch', ['shop_id', 'sku'], unique=False)
    op.create_table('match_rule',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('made_at', Instant(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'field', 'value')
    )
    op.create_table('material',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('material_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), server_default='kg', nullable=False),
    sa.Column('on_hand', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('value_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('reorder_point', sa.BigInteger(), nullable=True),
    sa.Column('reorder_amount', sa.BigInteger(), nullable=True),
    sa.Column('supplier', sa.String(), nullable=True),
    sa.Column('lead_days', sa.BigInteger(), nullable=True),
    sa.Column('is_food_safe', sa.Boolean(), nullable=True),
    sa.Column('is_retired', sa.Boolean(), server_default='0', nullable=False),
    sa.CheckConstraint('on_hand >= 0 AND value_cents >= 0', name='material_signs'),
    sa.PrimaryKeyConstraint('shop_id', 'material_id')
    )
    op.create_table('material_movement',
    sa.Column('movement_id', sa.Integer(), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('material_id', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('value_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('moved_at', Instant(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('move_key', sa.String(), nullable=False),
    sa.Column('batch_id', sa.String(), nullable=True),
    sa.Column('stage', sa.String(), nullable=True),
    sa.Column('undoes', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('movement_id'),
    sa.UniqueConstraint('shop_id', 'move_key')
    )
    op.create_index('material_movement_batch', 'material_movement', ['shop_id', 'batch_id'], unique=False)
    op.create_index('material_movement_material', 'material_movement', ['shop_id', 'material_id', 'moved_at'], unique=False)
    op.create_table('material_use',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('material_id', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount > 0', name='material_use_amount'),
    sa.PrimaryKeyConstraint('shop_id', 'sku', 'material_id', 'stage')
    )
    op.create_table('photo',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('owner_kind', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('photo_id', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('image', sa.LargeBinary(), nullable=False),
    sa.Column('thumb', sa.LargeBinary(), nullable=False),
    sa.Column('added_at', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'owner_kind', 'owner', 'photo_id')
    )
    op.create_table('piece',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('product_code', sa.String(), nullable=False),
    sa.Column('grade', sa.String(), server_default='unique', nullable=False),
    sa.Column('height_mm', sa.BigInteger(), nullable=True),
    sa.Column('width_mm', sa.BigInteger(), nullable=True),
    sa.Column('weight_g', sa.BigInteger(), nullable=True),
    sa.Column('batch_id', sa.String(), nullable=True),
    sa.Column('firing_id', sa.String(), nullable=True),
    sa.Column('maker', sa.String(), nullable=True),
    sa.Column('made_on', Day(length=10), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.CheckConstraint("grade IN ('prime', 'second', 'unique')", name='piece_grade'),
    sa.PrimaryKeyConstraint('shop_id', 'sku')
    )
    op.create_index('piece_product', 'piece', ['shop_id', 'product_code'], unique=False)
    op.create_table('platform_terms',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('safety_margin', sa.Integer(), server_default='0', nullable=False),
    sa.Column('fee_bp', sa.Integer(), server_default='0', nullable=False),
    sa.Column('commission_bp', sa.Integer(), server_default='0', nullable=False),
    sa.Column('breakage_bp', sa.Integer(), server_default='0', nullable=False),
    sa.Column('shipping_cents', sa.Integer(), server_default='0', nullable=False),
    sa.Column('push_stock', sa.Boolean(), server_default='0', nullable=False),
    sa.CheckConstraint('safety_margin >= 0 AND fee_bp BETWEEN 0 AND 10000 AND commission_bp BETWEEN 0 AND 10000 AND breakage_bp BETWEEN 0 AND 10000', name='platform_terms_range'),
    sa.PrimaryKeyConstraint('shop_id', 'platform')
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
    op.create_table('sold_match',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name_key', sa.BigInteger(), nullable=False),
    sa.Column('sku', sa.String(), nullable=True),
    sa.Column('how', sa.String(), nullable=True),
    sa.Column('matched_at', Instant(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'name_key'),
    sqlite_with_rowid=False
    )
    op.create_index('sold_match_sku', 'sold_match', ['shop_id', 'sku'], unique=False)
    op.create_table('stock_balance',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('on_hand', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reserved', sa.Integer(), server_default='0', nullable=False),
    sa.Column('presale', sa.Integer(), server_default='0', nullable=False),
    sa.Column('tracked_from', Instant(), nullable=False),
    sa.CheckConstraint('on_hand - reserved >= -presale', name='stock_balance_promised'),
    sa.CheckConstraint('on_hand >= -presale', name='stock_balance_on_hand'),
    sa.CheckConstraint('reserved >= 0 AND presale >= 0', name='stock_balance_signs'),
    sa.PrimaryKeyConstraint('shop_id', 'sku'),
    sqlite_with_rowid=False
    )
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
    op.create_table('stock_movement',
    sa.Column('movement_id', sa.Integer(), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('on_hand', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reserved', sa.Integer(), server_default='0', nullable=False),
    sa.Column('moved_at', Instant(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('move_key', sa.String(), nullable=False),
    sa.Column('platform', sa.String(), nullable=True),
    sa.Column('order_id', sa.String(), nullable=True),
    sa.Column('line_id', sa.String(), nullable=True),
    sa.Column('batch_id', sa.String(), nullable=True),
    sa.Column('count_id', sa.Integer(), nullable=True),
    sa.Column('hold_id', sa.Integer(), nullable=True),
    sa.Column('undoes', sa.Integer(), nullable=True),
    sa.CheckConstraint('on_hand <> 0 OR reserved <> 0', name='stock_movement_moves'),
    sa.PrimaryKeyConstraint('movement_id'),
    sa.UniqueConstraint('shop_id', 'move_key')
    )
    op.create_index('stock_movement_order', 'stock_movement', ['shop_id', 'platform', 'order_id'], unique=False)
    op.create_index('stock_movement_sku', 'stock_movement', ['shop_id', 'sku', 'moved_at', 'reason', 'on_hand'], unique=False)
    op.create_table('stock_push',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('listing_id', sa.String(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('pushed_at', Instant(), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'listing_id'),
    sqlite_with_rowid=False
    )
    op.create_table('stocktake',
    sa.Column('count_id', sa.Integer(), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(), nullable=True),
    sa.Column('status', sa.String(), server_default='open', nullable=False),
    sa.Column('started_at', Instant(), nullable=False),
    sa.Column('started_by', sa.String(), nullable=False),
    sa.Column('finished_at', Instant(), nullable=True),
    sa.Column('finished_by', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('count_id')
    )
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
    op.create_table('unit_cost',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sku', sa.String(), nullable=False),
    sa.Column('from_on', Day(length=10), nullable=False),
    sa.Column('material_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('kiln_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('loss_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('packing_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('unit_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('is_complete', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('batch_id', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'sku', 'from_on'),
    sqlite_with_rowid=False
    )
    op.create_table('alert',
    sa.Column('alert_id', sa.Integer(), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('day', Day(length=10), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('metric', sa.String(), nullable=True),
    sa.Column('details', sa.Text(), server_default='{}', nullable=False),
    sa.Column('made_at', Instant(), nullable=False),
    sa.Column('sent_at', Instant(), nullable=True),
    sa.Column('seen_at', Instant(), nullable=True),
    sa.Column('seen_by', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('alert_id'),
    sa.UniqueConstraint('shop_id', 'day')
    )
    op.create_table('campaign',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('campaign_key', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('start_on', Day(length=10), nullable=False),
    sa.Column('end_on', Day(length=10), nullable=False),
    sa.Column('is_estimate', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('is_removed', sa.Boolean(), server_default='0', nullable=False),
    sa.CheckConstraint('end_on >= start_on', name='campaign_days'),
    sa.PrimaryKeyConstraint('shop_id', 'campaign_key', 'year')
    )
    op.create_table('goal',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('month', Day(length=10), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('target', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('set_at', Instant(), nullable=False),
    sa.Column('set_by', sa.String(), nullable=False),
    sa.CheckConstraint('target > 0', name='goal_target'),
    sa.PrimaryKeyConstraint('shop_id', 'month', 'metric', 'currency')
    )
    op.create_table('silence',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('until_on', Day(length=10), nullable=False),
    sa.Column('made_at', Instant(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'kind')
    )
    op.create_table('stated_total',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('day', Day(length=10), nullable=False),
    sa.Column('figure', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('stated_at', Instant(), nullable=False),
    sa.Column('stated_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'day', 'figure', 'currency')
    )


def extend_tables():
    """New columns of the catalog and the sales roll-ups, and an index over gifts and cancelled lines."""
    op.add_column('listing', sa.Column('wanted_price_cents', sa.BigInteger(), nullable=True))
    op.add_column('listing', sa.Column('state_changed_at', Instant(), nullable=True))
    op.add_column('product', sa.Column('clay', sa.String(), nullable=True))
    op.add_column('product', sa.Column('size', sa.String(), nullable=True))
    op.add_column('product', sa.Column('is_food_safe', sa.Boolean(), nullable=True))
    op.add_column('product', sa.Column('is_archived', sa.Boolean(), server_default='0', nullable=False))
    op.add_column('variant', sa.Column('lead_days', sa.BigInteger(), nullable=True))
    op.add_column('variant', sa.Column('grade', sa.String(), server_default='prime', nullable=False))
    op.add_column('variant', sa.Column('seconds_of', sa.String(), nullable=True))
    op.add_column('variant', sa.Column('size', sa.String(), nullable=True))
    op.add_column('variant', sa.Column('height_mm', sa.BigInteger(), nullable=True))
    op.add_column('variant', sa.Column('width_mm', sa.BigInteger(), nullable=True))
    op.add_column('variant', sa.Column('volume_ml', sa.BigInteger(), nullable=True))
    op.add_column('variant', sa.Column('weight_g', sa.BigInteger(), nullable=True))
    op.add_column('variant', sa.Column('shelf_cm2', sa.BigInteger(), nullable=True))
    op.add_column('variant', sa.Column('packing', sa.String(), nullable=True))
    op.add_column('variant', sa.Column('place', sa.String(), nullable=True))
    op.add_column('variant', sa.Column('reorder_point', sa.BigInteger(), nullable=True))
    op.add_column('variant', sa.Column('is_archived', sa.Boolean(), server_default='0', nullable=False))
    for table in ("product", "variant", "listing"):
        op.add_column(table, sa.Column("extras", sa.Text(), nullable=True))
    for column in ("wanted_title", "wanted_status", "stated_sku"):
        op.add_column("listing", sa.Column(column, sa.String(), nullable=True))
    for table in ("fact_day", "fact_sku_day", "fact_sku_month"):
        op.add_column(table, measure("returned_units"))
    op.create_index("order_line_apart", "order_line", ["shop_id", "paid_on"],
                    sqlite_where=sa.text("is_gift OR status = 'cancelled'"))


def make_rollups():
    """Payouts, hours, buyers, cohorts, provinces, and refunds by their delay."""
    day, text, whole = {"day": sa.String(10)}, sa.String(), sa.Integer()
    place = {"platform": text, "currency": text}
    sums = ("orders", "units", "gmv_cents")
    rollup("fact_payout", day | dict.fromkeys(SALES_KEYS, text), PAYOUTS)
    rollup("fact_hour", day | {"hour": whole} | place, sums)
    rollup("fact_buyer_day", day | place | {"first_on": text}, sums)
    rollup("fact_cohort", {"month": text} | place | {"first_month": text}, ("buyers",))
    rollup("fact_place", day | place | {"province": text}, ("lines",))
    refund_days = {"refunded_on": sa.String(10), "paid_on": sa.String(10)}
    keys = refund_days | dict.fromkeys(SALES_KEYS, text) | {"is_cancelled": sa.Boolean()}
    rollup("fact_refund", keys, ("refund_cents", "orders", "cancelled_orders", "squares"))
    first_on = sa.Column("first_on", sa.String(10), nullable=False)
    rollup("buyer_first", {"buyer_key": sa.BigInteger()}, (), first_on)
    rollup("stale_day", day, ())


def measure(name):
    kind = sa.BigInteger() if name.endswith("_cents") or name == "squares" else sa.Integer()
    return sa.Column(name, kind, server_default="0", nullable=False)


def rollup(name, keys, measures, *others):
    keys = {"shop_id": sa.Integer(), **keys}
    op.create_table(
        name,
        *(sa.Column(column, kind, autoincrement=False, nullable=False) for column, kind in keys.items()),
        *map(measure, measures),
        *others,
        sa.PrimaryKeyConstraint(*keys),
        sqlite_with_rowid=False,
    )
