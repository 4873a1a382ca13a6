"""What the syncs of each resource have read without a break."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
KEY = ("shop_id", "platform", "kind", "since_at")
# A run that was done has read all; another one, what the run after it did not read again.
RUNS = """
SELECT run_id, shop_id, platform, kind, since_at, stored, CASE WHEN outcome = 'done' THEN until_at
  WHEN read > 0 AND following BETWEEN since_at AND until_at THEN following END AS read_until
FROM (
  SELECT run_id, shop_id, platform, kind, since_at, until_at, outcome, read, stored,
    LEAD(since_at) OVER (PARTITION BY shop_id, platform, kind ORDER BY run_id) AS following
  FROM sync_run
) run
"""
STRETCHES = f"""
SELECT shop_id, platform, kind, MIN(since_at), MAX(read_until), MAX(CASE WHEN stored > 0 THEN 1 ELSE 0 END) > 0
FROM (
  SELECT shop_id, platform, kind, since_at, read_until, stored,
    SUM(begins) OVER (PARTITION BY shop_id, platform, kind ORDER BY since_at, run_id) AS stretch
  FROM (
    SELECT run_id, shop_id, platform, kind, since_at, read_until, stored,
      CASE WHEN since_at <= MAX(read_until) OVER (
        PARTITION BY shop_id, platform, kind ORDER BY since_at, run_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS begins
    FROM ({RUNS}) reach WHERE read_until > since_at
  ) place
) part GROUP BY shop_id, platform, kind, stretch
"""


def upgrade() -> None:
    """Add the table, with what the runs so far have read."""
    op.create_table(
        "read_stretch",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("has_records", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO read_stretch {STRETCHES}")
