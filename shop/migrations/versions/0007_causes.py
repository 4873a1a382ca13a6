"""Roll-ups of payouts, hours, buyers and cohorts; pieces that came back. They are told at the upgrade."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

CUTS = ("platform", "currency", "carrier", "seller")
PAYOUTS = ("settled_lines", "settled_orders", "settled_cents", "settled_refund_cents",
           "income_cents", "platform_fee_cents", "commission_cents", "other_fee_cents",
           "void_orders", "void_cents")


def key(name, kind):
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def measure(name):
    kind = sa.BigInteger() if name.endswith("_cents") else sa.Integer()
    return sa.Column(name, kind, server_default="0", nullable=False)


def table(name, keys, measures):
    keys = {"shop_id": sa.Integer(), **keys}
    op.create_table(
        name,
        *(key(column, kind) for column, kind in keys.items()),
        *measures,
        sa.PrimaryKeyConstraint(*keys),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Bring the database from 0006 to 0007; `shop.db.connect` tells the roll-ups of what is there."""
    for name in ("fact_day", "fact_sku_day", "fact_sku_month"):
        op.add_column(name, measure("returned_units"))
    day, text = {"day": sa.String(10)}, sa.String()
    sums = [measure(name) for name in ("orders", "units", "gmv_cents")]
    table("fact_payout", day | dict.fromkeys(CUTS, text), [measure(name) for name in PAYOUTS])
    place = {"platform": text, "currency": text}
    table("fact_hour", day | {"hour": sa.Integer()} | place, sums)
    sums = [measure(name) for name in ("orders", "units", "gmv_cents")]
    table("fact_buyer_day", day | place | {"first_on": text}, sums)
    table("fact_cohort", {"month": text} | place | {"first_month": text}, [measure("buyers")])
    table("buyer_first", {"buyer_key": sa.BigInteger()},
          [sa.Column("first_on", sa.String(10), nullable=False)])
    table("stale_day", day, [])
