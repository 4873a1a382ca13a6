"""What is planned and noticed: campaigns, goals, stated totals, alerts."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day, Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the database from 0003 to 0004."""
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
