"""How far a studio has come with setting up its shop: what each step of the first hour needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from shop.catalog import match_queue
from shop.db.database import Database
from shop.metrics.preferences import preferences

COUNTS = """
SELECT (SELECT COUNT(*) FROM source_file WHERE shop_id = :shop)
     + (SELECT COUNT(*) FROM sync_run WHERE shop_id = :shop AND stored > 0) AS imports,
  (SELECT MIN(day) FROM fact_day WHERE shop_id = :shop AND orders > 0) AS first_on,
  (SELECT MAX(day) FROM fact_day WHERE shop_id = :shop AND orders > 0) AS last_on,
  (SELECT COUNT(*) FROM comment WHERE shop_id = :shop) AS comments,
  (SELECT COUNT(*) FROM live_session WHERE shop_id = :shop) AS sessions,
  (SELECT COUNT(*) FROM video WHERE shop_id = :shop) AS videos,
  (SELECT COUNT(*) FROM rejected_record WHERE shop_id = :shop) AS rejected,
  (SELECT COUNT(*) FROM variant WHERE shop_id = :shop AND NOT is_archived) AS skus,
  (SELECT COUNT(*) FROM stock_balance WHERE shop_id = :shop) AS counted,
  (SELECT COUNT(DISTINCT sku) FROM unit_cost WHERE shop_id = :shop) AS priced,
  (SELECT COUNT(*) FROM account WHERE blocked_at IS NULL) AS accounts
"""
EXISTING = """
SELECT EXISTS (SELECT 1 FROM variant WHERE shop_id = :shop), EXISTS (SELECT 1 FROM stock_balance WHERE shop_id = :shop),
  EXISTS (SELECT 1 FROM unit_cost WHERE shop_id = :shop), (SELECT COUNT(*) FROM account) > 1
"""
STEPS = ("language", "data", "arrived", "catalog", "count", "costs", "invite")


@dataclass(frozen=True)
class FirstSteps:
    """What is in the shop: numbers of imports, records, SKUs, counted SKUs, SKUs with a cost, and accounts."""

    has_language: bool
    imports: int
    first_on: str | None
    last_on: str | None
    comments: int
    sessions: int
    videos: int
    rejected: int
    skus: int
    counted: int
    priced: int
    accounts: int
    unmatched: int
    skipped: tuple[str, ...]

    def is_done(self, step: str) -> bool:
        """Whether a step is done, or was passed over."""
        done = {
            "language": self.has_language,
            "data": bool(self.imports),
            "arrived": False,
            "catalog": bool(self.skus and not self.unmatched),
            "count": bool(self.counted),
            "costs": bool(self.priced),
            "invite": self.accounts > 1,
        }
        return done[step] or step in self.skipped

    @property
    def next_step(self) -> str | None:
        """The first step that is not done; None after the last one."""
        return next((step for step in STEPS if not self.is_done(step)), None)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(self.is_done(step) for step in STEPS)

    def after(self, step: str) -> str:
        """The next step after this one that is not done, "" where there is none."""
        later = STEPS[STEPS.index(step) + 1 :]
        return next((name for name in later if not self.is_done(name)), "")


def first_steps(db: Database, shop_id: int = 1) -> FirstSteps:
    """How far the shop is."""
    with db.read() as connection:
        row = connection.execute(text(COUNTS), {"shop": shop_id}).one()
        chosen = preferences(connection, shop_id)
    unmatched = match_queue.count(db, shop_id=shop_id)
    return FirstSteps(
        has_language=bool(chosen.language), unmatched=unmatched, skipped=chosen.skipped_steps, **row._mapping
    )


def is_set_up(db: Database, shop_id: int = 1) -> bool:
    """Whether nothing of the first hour is left, as far as single look-ups show: pieces, stock, costs, people."""
    with db.read() as connection:
        row = connection.execute(text(EXISTING), {"shop": shop_id}).one()
        skipped = preferences(connection, shop_id).skipped_steps
    return all(
        row[place] or step in skipped for place, step in enumerate(("catalog", "count", "costs", "invite"))
    )
