"""Refunds that order files read before only name (售后状态 退款成功), as the estimates that a new import stores."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

# As etl/files/refund_estimates.py makes them: all that was paid for the line, on the day of the payment.
ESTIMATES = """
INSERT INTO refund (shop_id, platform, refund_id, order_id, line_id, source_id, kind, stage, status, refunded_at,
  refunded_on, amount_cents, shipping_cents, currency, is_estimate, updated_at, payload_hash)
SELECT shop_id, platform, order_id || '/' || line_id, order_id, line_id, source_id,
  CASE WHEN is_before THEN 'refund_only' ELSE 'unknown' END, CASE WHEN is_before THEN 'before_ship' ELSE 'unknown' END,
  'refunded', paid_at, paid_on, buyer_paid_cents, 0, currency, 1, updated_at, 0
FROM (
  SELECT *, status = 'cancelled' AND shipped_at IS NULL AS is_before FROM order_line
  WHERE platform = 'douyin' AND source_id IS NOT NULL AND after_sale = 'refunded' AND paid_at IS NOT NULL AND NOT is_gift
    AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.shop_id = order_line.shop_id AND r.platform = order_line.platform
      AND r.order_id = order_line.order_id)
)
WHERE 1 ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Store the estimates; the roll-ups are computed again after every upgrade (shop/connect.py)."""
    op.execute(sa.text(ESTIMATES))
