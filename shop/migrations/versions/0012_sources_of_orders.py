"""Which platform a file of orders is of, and whether it states what was refunded."""

import tomllib

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

STATE_REFUNDS = {"douyin_orders": "douyin", "tiktok_orders": "tiktok", "tmall_orders": "tmall"}
STATE_REFUNDS |= {"online_retail": "online_retail"}


def upgrade() -> None:
    """Add both columns, and fill them for the files that were read before."""
    op.add_column("source_file", sa.Column("platform", sa.String(), nullable=True))
    op.add_column("source_file", sa.Column("states_refunds", sa.Boolean(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT source_id, kind, profile FROM source_file")).fetchall()
    for number, kind, profile in rows:
        known = _of_profile(profile) if profile else (STATE_REFUNDS.get(kind), True)
        if known[0] is not None:
            connection.execute(
                sa.text("UPDATE source_file SET platform = :p, states_refunds = :r WHERE source_id = :id"),
                {"p": known[0], "r": known[1], "id": number},
            )


def _of_profile(profile: str) -> tuple[str | None, bool]:
    """The platform of a profile of orders, and whether it maps a refund or has a rule of returns."""
    try:
        content = tomllib.loads(profile)
    except tomllib.TOMLDecodeError:
        return None, False
    if content.get("table") != "order_line":
        return None, False
    fields = {**content.get("columns", {}), **content.get("optional", {})}
    platform = content.get("constants", {}).get("platform")
    return platform, "refund" in fields or bool(content.get("returns"))
