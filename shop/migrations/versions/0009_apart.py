"""A small index over the lines that are apart: gifts, and what was cancelled."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the database from 0008 to 0009."""
    op.execute(
        "CREATE INDEX order_line_apart ON order_line (shop_id, paid_on) "
        "WHERE is_gift OR status = 'cancelled'"
    )
