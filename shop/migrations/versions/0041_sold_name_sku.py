"""An index of the wordings of a sold SKU: the catalog's dimensions read those of what was sold, not all."""

from alembic import op

revision = "0041"
down_revision = "0040"
KEEPS_ROLLUPS = True


def upgrade() -> None:
    """Add the index."""
    op.create_index("sold_name_sku", "sold_name", ["shop_id", "sku"])
