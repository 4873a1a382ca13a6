"""The catalog: what a file says beside our columns, and what the shop wants of a listing."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the database from 0005 to 0006."""
    for table in ("product", "variant", "listing"):
        op.add_column(table, sa.Column("extras", sa.Text(), nullable=True))
    for column in ("wanted_title", "wanted_status", "stated_sku"):
        op.add_column("listing", sa.Column(column, sa.String(), nullable=True))
