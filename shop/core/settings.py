"""The shop itself: its name, its day and its main currency."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class ShopFacts:
    """One shop: `time_zone` says what a day is, `currency` what figures are told in by default."""

    shop_id: int
    name: str
    time_zone: str = "Asia/Shanghai"
    currency: str = "CNY"


def shop_facts(connection: Connection, shop_id: int = 1) -> ShopFacts:
    """The shop of this number; the first one is there from the beginning."""
    row = connection.execute(
        text("SELECT shop_id, name, time_zone, currency FROM shop WHERE shop_id = :shop"), {"shop": shop_id}
    ).one_or_none()
    return ShopFacts(*row) if row else ShopFacts(shop_id, "", currency=_most_used(connection, shop_id))


def _most_used(connection: Connection, shop_id: int) -> str:
    """The currency of most order lines: what figures are told in until the owner says otherwise."""
    found = connection.execute(
        text(
            "SELECT currency FROM fact_day WHERE shop_id = :shop GROUP BY currency "
            "ORDER BY SUM(lines) DESC, currency LIMIT 1"
        ),
        {"shop": shop_id},
    ).scalar()
    return str(found or "CNY")
