"""What the figures of a query leave out or only estimate: days without a file, refunds, currencies, rejected rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, text

from shop.core.periods import Period, stretches
from shop.db.database import Database
from shop.metrics.definitions import measures_of
from shop.metrics.exchange.conversion import ConvertedSum, converted
from shop.metrics.exchange.rates import DayRate, read_rates
from shop.metrics.readers.lines import orders_with_buyer
from shop.metrics.refund_sources import REFUND_MEASURES, SoldDay, refund_coverage, sold_days
from shop.metrics.refund_sql import COUNTS
from shop.metrics.request import ANY_CURRENCY, Query
from shop.metrics.settings import currency_of
from shop.metrics.sources import gap_days

Code = Literal[
    "no_orders",
    "refunds_unknown",
    "refunds_partial",
    "refunds_estimated",
    "buyers_unknown",
    "other_currency",
    "rejected_rows",
]

MOST_STRETCHES = 3  # of days without refunds, by platform; more are named by the first and the last day


@dataclass(frozen=True)
class Note:
    """One thing to know about the figures of a query.

    no_orders: `period` has no order file. refunds_unknown and refunds_partial: `platforms` whose refunds were
    never imported: of all that sold, or of one, with the gmv `cents` of its months without them, all in `period`.
    refunds_estimated: `orders` whose refunds, `cents` together, only an order file names. buyers_unknown: of
    `orders` only `known` have a known buyer. other_currency: `orders` and `cents` of gmv in another `currency`, and,
    where exchange rates were entered, what they are in the currency of the figures (`converted`).
    rejected_rows: `rows` of order files that could not be understood.
    """

    code: Code
    period: Period | None = None
    platforms: tuple[str, ...] = ()
    orders: int = 0
    known: int = 0
    cents: int = 0
    currency: str = ""
    rows: int = 0
    into: str = ""
    converted: ConvertedSum | None = None


def notes(db: Database, query: Query) -> tuple[Note, ...]:
    """What the reader of these figures has to know, the gravest first; nothing for figures without sales."""
    measures = [measure for name in query.metrics for measure in measures_of(name)]
    if not any(measure.fact in ("sales", "buyers", "cancelled", "pieces") for measure in measures):
        return ()
    with db.read() as connection:
        query = replace(query, currency=currency_of(connection, query))
        result = list(_gaps(connection, query))
        if REFUND_MEASURES & {measure.name for measure in measures}:
            result += _refunds(connection, query)
        if any(measure.fact == "buyers" for measure in measures):
            result += _unknown_buyers(connection, query)
        if any(measure.fact == "sales" for measure in measures) and not query.is_of_any_currency:
            result += _other_currencies(connection, query)
        return (*result, *_rejected(connection, query))


def _gaps(connection: Connection, query: Query) -> Iterator[Note]:
    platforms = dict(query.where).get("platform", ())
    for period in stretches(sorted(gap_days(connection, query.shop, query.start, query.end, platforms))):
        yield Note("no_orders", period=period)


def _refunds(connection: Connection, query: Query) -> Iterator[Note]:
    yield from _unknown_refunds(connection, query)
    row = connection.execute(
        text(
            "SELECT COUNT(DISTINCT r.order_id), SUM(r.amount_cents) FROM refund r INDEXED BY "
            "refund_refunded_on WHERE r.shop_id = :shop AND r.refunded_on BETWEEN :start AND :end "
            f"AND r.is_estimate AND (r.currency = :currency OR :currency = '{ANY_CURRENCY}') "
            f"AND {COUNTS} {_of_platforms(query)}"
        ),
        _values(query),
    ).one()
    if row[0]:
        yield Note("refunds_estimated", orders=int(row[0]), cents=int(row[1]), currency=str(query.currency))


def _unknown_buyers(connection: Connection, query: Query) -> Iterator[Note]:
    orders, known = orders_with_buyer(connection, query)
    if known < orders:
        yield Note("buyers_unknown", orders=orders, known=known)


def _unknown_refunds(connection: Connection, query: Query) -> Iterator[Note]:
    sold = sold_days(connection, query)
    unknown: dict[str, list[SoldDay]] = {}
    for item in sold:
        if not item.is_known:
            unknown.setdefault(item.platform, []).append(item)
    if unknown and not any(item.is_known for item in sold):
        yield Note("refunds_unknown", platforms=tuple(unknown))
        return
    coverage = refund_coverage(connection, query.shop) if unknown else {}
    for platform, items in unknown.items():
        days = [query.start + timedelta(days=shift) for shift in range(query.days)]
        periods = list(stretches([day for day in days if not coverage[platform].is_known(day)]))
        if len(periods) > MOST_STRETCHES:
            periods = [Period(periods[0].start, periods[-1].end)]
        for period in periods:
            inside = [item.cents for item in items if period.start <= item.day <= period.end]
            if inside:
                yield Note(
                    "refunds_partial",
                    period=period,
                    platforms=(platform,),
                    cents=sum(inside),
                    currency="" if query.is_of_any_currency else str(query.currency),
                )


def _other_currencies(connection: Connection, query: Query) -> Iterator[Note]:
    rows = connection.execute(
        text(
            "SELECT r.currency, SUM(r.orders), SUM(r.buyer_paid_cents + r.platform_discount_cents) "
            "FROM fact_day r WHERE r.shop_id = :shop AND r.day BETWEEN :start AND :end "
            f"AND r.currency <> :currency {_of_platforms(query)} GROUP BY r.currency ORDER BY 2 DESC, 1"
        ),
        _values(query),
    )
    rates: list[DayRate] | None = None
    for currency, orders, cents in rows.all():
        if not orders:
            continue
        rates = read_rates(connection, query.shop) if rates is None else rates
        note = Note("other_currency", orders=int(orders), cents=int(cents), currency=str(currency))
        if any((rate.currency, rate.into) == (currency, query.currency) for rate in rates):
            sums = _sums_of_days(connection, query, str(currency))
            into = str(query.currency)
            note = replace(note, into=into, converted=converted(rates, sums, str(currency), into))
        yield note


def _sums_of_days(connection: Connection, query: Query, currency: str) -> dict[date, int]:
    """The gmv of each day in another currency."""
    rows = connection.execute(
        text(
            "SELECT r.day, SUM(r.buyer_paid_cents + r.platform_discount_cents) FROM fact_day r "
            "WHERE r.shop_id = :shop AND r.day BETWEEN :start AND :end AND r.currency = :other "
            f"{_of_platforms(query)} GROUP BY r.day"
        ),
        {**_values(query), "other": currency},
    )
    return {date.fromisoformat(str(day)): int(cents) for day, cents in rows}


def _rejected(connection: Connection, query: Query) -> Iterator[Note]:
    rows = connection.execute(
        text(
            "SELECT SUM(r.set_aside) FROM source_file r WHERE r.shop_id = :shop AND r.set_aside > 0 "
            "AND r.platform IS NOT NULL AND COALESCE(r.first_on, '') <= :end "
            f"AND COALESCE(r.last_on, '9') >= :start {_of_platforms(query)}"
        ),
        _values(query),
    ).scalar()
    if rows:
        yield Note("rejected_rows", rows=int(rows))


def _of_platforms(query: Query) -> str:
    names = range(len(dict(query.where).get("platform", ())))
    return f"AND r.platform IN ({', '.join(f':platform_{place}' for place in names)})" if names else ""


def _values(query: Query) -> dict[str, Any]:
    platforms = dict(query.where).get("platform", ())
    return {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": query.currency,
        **{f"platform_{place}": name for place, name in enumerate(platforms)},
    }
