"""Advertising and hours of work of a range, each on its own day.

Advertising of a day on a platform is what its files state (`shop.metrics.ad_costs`); where no file states that day,
what the owner entered: for the day, for products, and for the live sessions that started on it. What files state for
products, else what was entered for them, is theirs; the rest has no product. Work is minutes x the wage valid on the
day; it has no platform.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shop.access.roles import require_reader
from shop.core.money import half_up, split
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.ad_costs import ReportedSpend, ads_by_day
from shop.metrics.query import Query
from shop.metrics.settings import currency_of
from shop.models.costs import RateKind
from shop.pricing.cost_rates import rate_table

ENTERED = """
SELECT platform, day, product_code, amount_cents FROM ad_entry
WHERE shop_id = :shop AND day BETWEEN :start AND :end AND currency = :currency
UNION ALL
SELECT s.platform, s.started_on, '', SUM(n.spend_cents) FROM session_note n JOIN live_session s
  ON s.shop_id = n.shop_id AND s.platform = n.platform AND s.session_id = n.session_id
WHERE n.shop_id = :shop AND s.started_on BETWEEN :start AND :end AND n.spend_cents > 0
  AND COALESCE(n.spend_currency, s.currency) = :currency GROUP BY s.platform, s.started_on
"""
LABOUR = "SELECT day, minutes FROM labour_entry WHERE shop_id = :shop AND day BETWEEN :start AND :end"


@dataclass(frozen=True)
class RunningCosts:
    """Advertising by (platform, product code; "" is no product) and work of a range, in cents.

    `labour` is None where no hours are entered or the query is of some platforms only; `minutes_without_wage` have no
    wage on their day.
    """

    ads: Counter[tuple[str, str]]
    labour: int | None
    minutes_without_wage: int = 0

    @property
    def ad_cents(self) -> int:
        """All advertising."""
        return sum(self.ads.values())


def running_costs(db: Database, query: Query) -> RunningCosts:
    """Advertising and work of a query's range, shop, currency and platforms; for the owner. Raises NotAllowed."""
    require_reader(db, "see_margins")
    platforms = {name for dimension, names in query.where if dimension == "platform" for name in names}
    with db.read() as connection:
        cursor = raw_cursor(connection)
        currency = currency_of(connection, query)
        values = {
            "shop": query.shop,
            "start": query.start.isoformat(),
            "end": query.end.isoformat(),
            "currency": currency,
        }
        reported = ads_by_day(connection, values)
        entered: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for platform, day, product, cents in cursor.execute(ENTERED, values):
            entered[platform, day][product] += cents
        wages = rate_table(connection, RateKind.WAGE, currency, query.shop)
        hours = [] if platforms else cursor.execute(LABOUR, values).fetchall()
    ads: Counter[tuple[str, str]] = Counter()
    for key in reported.keys() | entered.keys():
        if not platforms or key[0] in platforms:
            for product, cents in _of_day(reported.get(key), entered[key]).items():
                ads[key[0], product] += cents
    labour, without = 0, 0
    for day, minutes in hours:
        wage = wages.cents(date.fromisoformat(day))
        labour += half_up(Fraction(minutes * (wage or 0), 60))
        without += 0 if wage is not None else minutes
    return RunningCosts(ads, labour if hours else None, without)


def _of_day(reported: ReportedSpend | None, entered: Counter[str]) -> dict[str, int]:
    """One platform's advertising of a day by product: the files' sum, of which the products have their parts."""
    if reported is None:
        return dict(entered)
    products = reported.products or {code: cents for code, cents in entered.items() if code}
    rest = reported.cents - sum(products.values())
    if rest >= 0:
        return {**products, "": rest}
    return dict(zip(products, split(reported.cents, list(products.values())), strict=True))
