"""Sales by content, the sums of sessions, marks and reviews; what sources state of sessions, videos and traffic."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day, Instant

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add tables, columns and indexes; the roll-ups are computed when the database is opened."""
    op.create_table('attribution_rules',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('late_seconds', sa.Integer(), server_default='900', nullable=False),
    sa.Column('video_seconds', sa.Integer(), server_default='3600', nullable=False),
    sa.Column('is_by_time', sa.Boolean(), server_default='1', nullable=False),
    sa.Column('takes_unknown', sa.Boolean(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('shop_id')
    )
    op.create_table('fact_stream',
    sa.Column('orders', sa.Integer(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('gmv_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', Day(length=10), nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('carrier', sa.String(), nullable=False),
    sa.Column('seller', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('content_id', sa.String(), nullable=False),
    sa.Column('attribution', sa.String(), nullable=False),
    sa.Column('provisional_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'day', 'platform', 'currency', 'carrier', 'seller', 'kind', 'content_id', 'attribution'),
    sqlite_with_rowid=False
    )
    op.create_index('fact_stream_content', 'fact_stream', ['shop_id', 'platform', 'kind', 'content_id'], unique=False)
    op.create_table('fact_video',
    sa.Column('orders', sa.Integer(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('gmv_cents', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('video_id', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('attribution', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'video_id', 'currency', 'attribution'),
    sqlite_with_rowid=False
    )
    op.create_table('live_mark',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('mark_id', sa.String(), nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('session_id', sa.String(), nullable=True),
    sa.Column('marked_at', Instant(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=True),
    sa.Column('sku', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('source', sa.String(), server_default='typed', nullable=False),
    sa.Column('received_at', Instant(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('undone_at', Instant(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'mark_id')
    )
    op.create_index('live_mark_session', 'live_mark', ['shop_id', 'platform', 'session_id', 'marked_at'], unique=False)
    op.create_table('order_traffic',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('traffic_key', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(), nullable=True),
    sa.Column('form', sa.String(), nullable=True),
    sa.Column('channel', sa.String(), nullable=True),
    sa.Column('type', sa.String(), nullable=True),
    sa.Column('ad_channel', sa.String(), nullable=True),
    sa.Column('creator', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'traffic_key')
    )
    op.create_table('session_note',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('session_id', sa.String(), nullable=False),
    sa.Column('host', sa.String(), nullable=True),
    sa.Column('replay_url', sa.String(), nullable=True),
    sa.Column('spend_cents', sa.BigInteger(), nullable=True),
    sa.Column('spend_currency', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'session_id')
    )
    op.create_table('session_review',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('session_id', sa.String(), nullable=False),
    sa.Column('goal_metric', sa.String(), nullable=True),
    sa.Column('goal_target', sa.BigInteger(), nullable=True),
    sa.Column('notes', sa.String(), nullable=True),
    sa.Column('action', sa.String(), nullable=True),
    sa.Column('last_action', sa.String(), nullable=True),
    sa.Column('reviewed_at', Instant(), nullable=False),
    sa.Column('reviewed_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'session_id')
    )
    op.create_table('session_sum',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('session_id', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('orders', sa.BigInteger(), nullable=True),
    sa.Column('units', sa.BigInteger(), nullable=True),
    sa.Column('gmv_cents', sa.BigInteger(), nullable=True),
    sa.Column('is_headline', sa.Boolean(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('shop_id', 'platform', 'session_id', 'currency', 'basis'),
    sqlite_with_rowid=False
    )
    op.add_column('live_session', sa.Column('average_watch_seconds', sa.BigInteger(), nullable=True))
    op.add_column('live_session', sa.Column('views_over_minute', sa.BigInteger(), nullable=True))
    op.add_column('live_session', sa.Column('club_joined', sa.BigInteger(), nullable=True))
    op.add_column('live_session', sa.Column('negative_feedback', sa.BigInteger(), nullable=True))
    op.add_column('live_session', sa.Column('is_inferred', sa.Boolean(), server_default='0', nullable=False))
    op.create_index('live_session_started_at', 'live_session', ['shop_id', 'platform', 'started_at'], unique=False)
    op.add_column('order_line', sa.Column('traffic_key', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('order_line', sa.Column('is_provisional', sa.Boolean(), server_default='0', nullable=False))
    op.add_column('video', sa.Column('creator', sa.String(), nullable=True))
    op.create_index('video_published_at', 'video', ['shop_id', 'platform', 'published_at'], unique=False)
    op.add_column('video_day', sa.Column('attributed_gmv_cents', sa.BigInteger(), nullable=True))
    op.add_column('video_day', sa.Column('followers_gained', sa.BigInteger(), nullable=True))
    op.add_column('video_day', sa.Column('product_impressions', sa.BigInteger(), nullable=True))
    op.add_column('video_day', sa.Column('finish_rate', sa.Float(), nullable=True))
    op.add_column('video_day', sa.Column('currency', sa.String(), nullable=True))
