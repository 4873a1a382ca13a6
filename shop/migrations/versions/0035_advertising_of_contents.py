"""What advertising was for: the account, one of its plans, a product or a live session."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the columns; of what was stored before, the name of the account tells whose and whether of a plan."""
    op.add_column("ad_spend", sa.Column("advertiser", sa.String(), server_default="", nullable=False))
    op.add_column("ad_spend", sa.Column("level", sa.String(), server_default="account", nullable=False))
    op.add_column("ad_spend", sa.Column("product_id", sa.String(), nullable=True))
    op.add_column("ad_spend", sa.Column("session_id", sa.String(), nullable=True))
    op.add_column("ad_spend", sa.Column("session_started_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE ad_spend SET advertiser = account")
    op.execute(
        "UPDATE ad_spend SET level = 'plan', advertiser = substr(account, 1, instr(account, '/') - 1) "
        "WHERE instr(account, '/') > 0"
    )
