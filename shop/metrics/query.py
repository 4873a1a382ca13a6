"""One question, one answer: what page, command, export and report all ask.

`answer` is the only reader of figures. It picks the coarsest roll-up that can answer, fills empty
days with zero, keeps money integer, and divides a rate after adding up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from shop.core.errors import BadPeriod, UnknownDimension
from shop.db.database import Database
from shop.metrics import dimensions as cuts
from shop.metrics import kiln_facts, rollups
from shop.metrics.definitions import Measure, Metric, Ratio, measures_of, metric
from shop.metrics.dimensions import CATALOG
from shop.metrics.settings import shop_settings
from shop.metrics.stock_facts import STOCK_ROWS, moments
from shop.metrics.tables import TIME, Key, Part, Table, joined, side_by_side

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "sales": (*TIME, *cuts.KEPT, "sku", "product", *CATALOG),
    "buyers": (*TIME, *cuts.KEPT, "sku", "product", *CATALOG),
    "payout": (*TIME, *cuts.KEPT),
    "session": (*TIME, "platform", "currency", "session"),
    "video": (*TIME, "platform", "video"),
    "comment": (*TIME, "platform", "language"),
    "calendar": (*TIME, *cuts.KEPT, "sku", "product", *CATALOG, "session", "video", "language"),
    "pieces": (*TIME, *cuts.KEPT, "sku", "product", *CATALOG),
    "held": (*TIME, *cuts.KEPT, "sku", "product", *CATALOG),
    "kiln": (*TIME, *kiln_facts.FIRED, *kiln_facts.MADE),
    "batch": (*TIME, *kiln_facts.MADE),
    "stock": CATALOG,  # over the whole range only; a shelf knows no platform
}
ANY_CURRENCY = "any"  # for pieces, which add up whatever they were paid in
ZERO_WHERE_NOTHING = {
    "sales",
    "buyers",
    "comment",
    "pieces",
    "kiln",
    "batch",
}  # what we count ourselves: none is 0
CUT_FACTS = ("sales", "session", "comment", "calendar", "held", "pieces")
COUNTED_BY_US = {"sessions", "videos", "session_orders", "session_units", "sessions_held"}


@dataclass(frozen=True)
class Query:
    """One question: which metrics, over which days (both inclusive), cut by what, where.

    `by` names dimensions in order; `where` holds (dimension, allowed values) pairs. Money is of one
    currency: `currency`, else the shop's own; two currencies are never added. `cut_at` (seconds UTC)
    counts the last day only up to that moment, so that a running day compares with an earlier one.
    """

    metrics: tuple[str, ...]
    start: date
    end: date
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    shop: int = 1
    currency: str | None = None
    cut_at: int | None = None

    def __post_init__(self) -> None:
        """Refuse a period that ends before it starts, unknown metrics and impossible cuts."""
        if self.end < self.start:
            raise BadPeriod(text=f"{self.start}..{self.end}")
        for name in self.metrics:
            for measure in measures_of(name):
                if self.cut_at is not None and measure.fact not in CUT_FACTS:
                    raise UnknownDimension(metric=name, name="cut_at", known=", ".join(CUT_FACTS))
                for dimension in (*self.by, *(pair[0] for pair in self.where)):
                    if dimension not in DIMENSIONS[measure.fact]:
                        known = ", ".join(DIMENSIONS[measure.fact])
                        raise UnknownDimension(metric=name, name=dimension, known=known)

    @property
    def days(self) -> int:
        """How many days the range has."""
        return (self.end - self.start).days + 1


def answer(db: Database, query: Query) -> pd.DataFrame:
    """The figures asked for: one row per combination of `by` (one row in all without it).

    Columns: the dimensions as text (a day as 2026-01-31, a week as its Monday, a month as 2026-01),
    then the metrics: Int64 for counts and cents, Float64 for rates. Every day, week or month of the
    range is there; what was not sold is 0, what is not known is missing.
    """
    return figures(db, query).frame(query.metrics)


def figures(db: Database, query: Query) -> Table:
    """The same as plain lists: what read models reckon with."""
    measures = {m.name: m for name in query.metrics for m in measures_of(name)}
    with db.read() as connection:
        currency = query.currency or shop_settings(connection, query.shop).currency
        query = replace(query, currency=currency)
        parts = [
            _read(connection, query, fact, [m for m in measures.values() if m.fact == fact])
            for fact in dict.fromkeys(m.fact for m in measures.values())
        ]
    table = joined(query.by, _times(query), parts)
    for measure in measures.values():
        if measure.fact in ZERO_WHERE_NOTHING or measure.name in COUNTED_BY_US:
            table.fill(measure.name)
    return table


def change(now: float | None, before: float | None, *, rate: bool = False) -> float | None:
    """How much `now` differs from `before`: a share of it, or points for a rate.

    None when either is missing, or when there is no positive base to divide by: show both numbers.
    """
    if now is None or before is None or pd.isna(now) or pd.isna(before):
        return None
    if rate:
        return float(now) - float(before)
    return float(now) / float(before) - 1 if before > 0 else None


def total(db: Database, query: Query) -> dict[str, int | float | None]:
    """The metrics of the whole range as plain numbers, None where unknown."""
    table = figures(db, replace(query, by=()))
    return {name: table.told(name)[0] for name in query.metrics}


def plain(value: Any) -> int | float | None:
    """A cell of an answer as a plain number, None where missing."""
    if pd.isna(value):
        return None
    return int(value) if float(value).is_integer() and not isinstance(value, float) else float(value)


# --- reading one fact ----------------------------------------------------------------------------


def _read(connection: Connection, query: Query, fact: str, measures: Sequence[Measure]) -> Part:
    readers = {
        "sales": _read_sales,
        "buyers": _read_buyers,
        "payout": _read_payouts,
        "session": _read_sessions,
        "video": _read_videos,
        "comment": _read_comments,
        "calendar": _read_calendar,
        "held": _read_held,
        "pieces": _read_pieces,
        "stock": _read_stock,
        "kiln": _read_kiln,
        "batch": _read_batches,
    }
    return readers[fact](connection, query, measures)


def _fetch(connection: Connection, query: Query, sql: str, columns: Sequence[str], **extra: Any) -> Part:
    values = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": query.currency,
        "day": query.end.isoformat(),
        "until": query.cut_at,
        **_where_values(query),
        **extra,
    }
    rows = connection.execute(text(sql), values).fetchall()
    cuts = len(query.by)
    return Part(query.by, tuple(columns), {tuple(row[:cuts]): row[cuts:] for row in rows})


def _where_values(query: Query) -> dict[str, str]:
    return {
        f"w{place}_{number}": value
        for place, (_, values) in enumerate(query.where)
        for number, value in enumerate(values)
    }


def _when(dimension: str, day: str) -> str:
    return {
        "day": day,
        "week": f"date({day}, 'weekday 0', '-6 days')",
        "month": f"substr({day}, 1, 7)",
        "year": f"substr({day}, 1, 4)",
    }.get(dimension, "")


def _cuts(query: Query, day: str, renamed: dict[str, str] | None = None) -> list[str]:
    """The SQL of each dimension that the question is cut by."""
    return [_when(name, day) or (renamed or {}).get(name, name) for name in query.by]


def _conditions(query: Query, day: str, renamed: dict[str, str] | None = None) -> str:
    """The SQL of the question's conditions: shop, range, and the allowed values."""
    parts = []
    for place, (name, values) in enumerate(query.where):
        marks = ", ".join(f":w{place}_{number}" for number in range(len(values))) or "NULL"
        parts.append(f" AND {_when(name, day) or (renamed or {}).get(name, name)} IN ({marks})")
    return "".join(parts)


def _group(cuts: Sequence[str]) -> str:
    return f" GROUP BY {', '.join(str(place + 1) for place in range(len(cuts)))}" if cuts else ""


def _asked(query: Query) -> set[str]:
    return {*query.by, *(pair[0] for pair in query.where)}


def _currency_sql(query: Query) -> str:
    is_any = query.currency == ANY_CURRENCY or "currency" in _asked(query)
    return "" if is_any else " AND currency = :currency"


def _read_sales(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    exact = [m for m in measures if m.name in ("orders", "refunded_orders")]
    if _asked(query) & {"product", *CATALOG} and exact:
        rest = [m for m in measures if m not in exact]
        parts = [_read_orders_by_product(connection, query, [m.name for m in exact])]
        parts += [_read_sales(connection, query, rest)] if rest else []
        return side_by_side(parts)
    if _asked(query) & set(CATALOG):
        return _read_sales_by_catalog(connection, query, measures)
    renamed = {"sku": "f.sku", "product": "COALESCE(n.product, f.sku)"}
    columns = ", ".join((*(cut for cut in _cuts(query, "f.day", renamed)), *(m.sql for m in measures)))
    sql = (
        f"SELECT {columns} FROM ({_sales_source(query)}) f{_names(query, 'f')} "
        f"WHERE 1{_currency_sql(query)}"
        f"{_conditions(query, 'f.day', renamed)}{_group(query.by)}"
    )
    return _fetch(connection, query, sql, [m.name for m in measures])


def _read_pieces(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    """Pieces sold in whatever currency: counts alone, no money."""
    return _read_sales(connection, replace(query, currency=ANY_CURRENCY), measures)


def _read_sales_by_catalog(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    """Sales cut by form, glaze, size, family, design or our SKU: the roll-ups with the catalog."""
    asked = _asked(query)
    codes = cuts.mixed(connection, query.shop)
    sums = [name for name in rollups.SUMS if any(name in m.sql for m in measures)]
    asked |= {name for name in cuts.KEPT if any(name in m.sql for m in measures)}
    asked |= {"day"} if asked & set(TIME) else set()
    asked |= {"sku"} if "product" in asked else set()
    raw = [name for name in ("day", *cuts.KEPT, "sku") if name in asked]
    source = cuts.source(
        _sales_source(query), raw, sums, codes, where=_currency_sql(query), until=query.cut_at is not None
    )
    renamed = {name: f"f.{name}" for name in (*cuts.KEPT, "sku")} | cuts.named("f.variant")
    renamed |= {"product": "COALESCE(n.product, f.sku)"}
    columns = ", ".join((*_cuts(query, "f.day", renamed), *(m.sql for m in measures)))
    sql = (
        f"SELECT {columns} FROM ({source}) f LEFT JOIN variant v ON v.shop_id = :shop "
        f"AND v.sku = f.variant{cuts.OF_PRODUCT}{_names(query, 'f')} "
        f"WHERE 1{_conditions(query, 'f.day', renamed)}{_group(query.by)}"
    )
    return _fetch(connection, query, sql, [m.name for m in measures], **cuts.values(codes))


def _names(query: Query, of: str) -> str:
    """The join to the platform's own products, where the question is cut by them."""
    joined = f" LEFT JOIN sold_sku n ON n.shop_id = :shop AND n.sku = {of}.sku"
    return joined if "product" in _asked(query) else ""


def _sales_source(query: Query) -> str:
    """The coarsest roll-up that can answer: days, else SKU months with SKU days at the edges."""
    by_sku = bool(_asked(query) & {"sku", "product", *CATALOG})
    if query.cut_at is None:
        return _rolled_up(query, query.end, by_sku=by_sku)
    day_so_far = f"SELECT {_columns(by_sku=by_sku)} FROM ({_day_so_far()})"
    if query.start == query.end:
        return day_so_far
    earlier = _rolled_up(query, query.end - timedelta(days=1), by_sku=by_sku)
    return f"{earlier} UNION ALL {day_so_far}"


def _rolled_up(query: Query, end: date, *, by_sku: bool) -> str:
    table = "fact_sku_day" if by_sku else "fact_day"
    days = f"SELECT {_columns()} FROM {table} WHERE shop_id = :shop AND day BETWEEN '{{}}' AND '{{}}'"
    if not by_sku:
        return days.format(query.start, end)
    days = days.replace(" FROM", ", sku FROM", 1)
    first, last = whole_months(query.start, end)
    if _asked(query) & {"day", "week"} or first is None or last is None:
        return days.format(query.start, end)
    months = f"SELECT {_columns().replace('day', 'month AS day', 1)}, sku FROM fact_sku_month"
    parts = [f"{months} WHERE shop_id = :shop AND month BETWEEN '{first}' AND '{last}'"]
    if query.start < first:
        parts.append(days.format(query.start, first - timedelta(days=1)))
    after = _next_month(last)
    if after <= end:
        parts.append(days.format(after, end))
    return " UNION ALL ".join(parts)


def _day_so_far() -> str:
    """The roll-up of the last day, told from its lines and refunds up to the cut."""
    zeros = ", ".join("0" if name != "refund_cents" else "refund_cents" for name in rollups.SUMS)
    cuts = ", ".join(("shop_id", "day", *rollups.CUTS, "sku"))
    refunds = rollups.SUMS_OF_REFUNDS.replace("SUM(share)", "SUM(share) AS refund_cents")
    names = ", ".join((cuts, *rollups.SUMS))
    return (
        f"WITH so_far({names}) AS ({rollups.SUMS_OF_LINES} UNION ALL SELECT {cuts}, {zeros} FROM "
        f"({refunds})) SELECT * FROM so_far"
    )


def _columns(*, by_sku: bool | None = None) -> str:
    """The columns of a sales source; without SKUs an order counts where its first line is."""
    sums = [name for name in rollups.SUMS if not name.startswith("first_")]
    if by_sku is False:
        sums = [f"first_{name} AS {name}" if name.endswith("orders") else name for name in sums]
    return ", ".join(("day", *rollups.CUTS, *sums, *(["sku"] if by_sku else [])))


def whole_months(start: date, end: date) -> tuple[date | None, date | None]:
    """The first days of the first and the last month that lie wholly within a range."""
    first = start if start.day == 1 else _next_month(start)
    last = end.replace(day=1)
    if _next_month(end) - timedelta(days=1) != end:
        last = (last - timedelta(days=1)).replace(day=1)
    return (first, last) if first <= last else (None, None)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _lines(query: Query) -> tuple[str, dict[str, str]]:
    """The paid lines of the range, for what only they can tell (distinct over SKUs or carriers)."""
    names = _names(query, "l")
    if _asked(query) & set(CATALOG):
        names += cuts.BY_NAME.format(of="l") + cuts.OF_PRODUCT
    source = (
        f"FROM order_line l INDEXED BY order_line_paid_on{names} "
        "WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end AND NOT l.is_gift"
        f"{_currency_sql(query).replace('currency =', 'l.currency =')}"
    )
    renamed = {name: f"l.{name}" for name in (*cuts.KEPT, "sku")} | cuts.named(cuts.MATCHED)
    return source, renamed | {"product": "COALESCE(n.product, l.sku)"}


def line_conditions(connection: Connection, query: Query) -> tuple[str, dict[str, Any]]:
    """The SQL of a question's conditions over lines (`l`, joined to their variant `v` and product
    `p`), and the values of its parameters: for what reads lines beside the roll-ups.
    """
    _, renamed = _lines(query)
    currency = query.currency or shop_settings(connection, query.shop).currency
    values = {
        "shop": query.shop,
        "start": query.start.isoformat(),
        "end": query.end.isoformat(),
        "currency": currency,
        **_where_values(query),
    }
    sql = _currency_sql(query).replace("currency =", "l.currency =")
    return sql + _conditions(query, "l.paid_on", renamed), values


def _read_orders_by_product(connection: Connection, query: Query, names: Sequence[str]) -> Part:
    source, renamed = _lines(query)
    refunded = (
        "EXISTS (SELECT 1 FROM refund r WHERE r.shop_id = l.shop_id AND r.platform = l.platform "
        "AND r.order_id = l.order_id AND COALESCE(r.line_id, l.line_id) = l.line_id "
        "AND r.status = 'refunded' AND r.amount_cents > 0)"
    )
    key = "l.platform || '/' || l.order_id"
    counts = {
        "orders": f"COUNT(DISTINCT {key})",
        "refunded_orders": f"COUNT(DISTINCT CASE WHEN {refunded} THEN {key} END)",
    }
    columns = ", ".join((*_cuts(query, "l.paid_on", renamed), *(counts[name] for name in names)))
    sql = f"SELECT {columns} {source}{_conditions(query, 'l.paid_on', renamed)}{_group(query.by)}"
    return _fetch(connection, query, sql, names)


def _read_buyers(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    """Distinct buyers of each cut, counted from the index of paid lines, else from the lines.

    They add up over nothing: not over days, SKUs or carriers.
    """
    repeats = any(m.name == "repeat_buyers" for m in measures)
    order = f"{'COUNT(DISTINCT l.platform || l.order_id)' if repeats else '1'} AS n"
    source, renamed = _lines(query)
    if _asked(query) <= {*TIME, "platform", "currency"}:  # all of it is in the index
        source = source.replace(" AND NOT l.is_gift", "")
    cuts = (*_cuts(query, "l.paid_on", renamed), "l.buyer_key", order)
    inner = (
        f"SELECT {', '.join(cuts)} {source} AND l.buyer_key IS NOT NULL"
        f"{_conditions(query, 'l.paid_on', renamed)}"
    )
    places = [f"c{place}" for place in range(len(query.by))]
    inner += _group([*query.by, "buyer_key"])
    counts = {"buyers": "COUNT(*)", "repeat_buyers": "COALESCE(SUM(n >= 2), 0)"}
    outer = ", ".join((*places, *(counts[m.name] for m in measures)))
    with_names = ", ".join((*places, "buyer_key", "n"))
    sql = f"WITH b({with_names}) AS ({inner}) SELECT {outer} FROM b{_group(query.by)}"
    return _fetch(connection, query, sql, [m.name for m in measures])


# A session that no order belongs to sold nothing, if the orders of its platform and day were read:
# between the first and the last day with an order. Else its sales are unknown, or as stated.
SESSION_ROWS = """
SELECT s.*, COALESCE(o.orders, k.none) AS session_orders, COALESCE(o.units, k.none) AS session_units,
  CASE WHEN o.orders > 0 THEN o.gmv WHEN s.currency = {money} THEN COALESCE(s.gmv_cents, k.none)
    END AS session_gmv,
  CASE WHEN s.currency = {money} THEN s.gmv_cents END AS stated_gmv, s.buyers AS session_buyers
FROM live_session s LEFT JOIN (
  SELECT platform, session_id, currency, SUM(orders) AS orders, SUM(units) AS units,
    SUM(gmv_cents) AS gmv
  FROM fact_session WHERE shop_id = :shop GROUP BY platform, session_id, currency
) o ON o.platform = s.platform AND o.session_id = s.session_id AND o.currency = {money}
LEFT JOIN (
  SELECT platform, MIN(day) AS first, MAX(day) AS last, 0 AS none FROM fact_day
  WHERE shop_id = :shop AND lines > 0 GROUP BY platform
) k ON k.platform = s.platform AND s.currency = {money} AND s.started_on BETWEEN k.first AND k.last
WHERE s.shop_id = :shop AND s.started_on BETWEEN :start AND :end{cut}
"""


def _read_sessions(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    """Session figures; a ratio counts only sessions in which both of its parts are known.

    A session is of the currency that the platform states it in, where the question asks for that. A
    cut leaves out what started after it; a session that was running counts as it stands.
    """
    ratios = [found for name in query.metrics if isinstance(found := metric(name), Ratio)]
    pairs = [(_row_sql(r.over), _row_sql(r.under), r) for r in ratios if _is_session(r)]
    columns = {m.name: m.sql for m in measures}
    for over, under, ratio in pairs:
        both = f"{over} IS NOT NULL AND {under} IS NOT NULL"
        columns[f"{ratio.over}/{ratio.under}"] = f"SUM(CASE WHEN {both} THEN {over} END)"
        columns[f"{ratio.under}\\{ratio.over}"] = f"SUM(CASE WHEN {both} THEN {under} END)"
    renamed = {"session": "session_id"}
    parts = ", ".join((*_cuts(query, "started_on", renamed), *columns.values()))
    rows = SESSION_ROWS.format(
        money="s.currency" if "currency" in _asked(query) else ":currency",
        cut="" if query.cut_at is None else " AND (s.started_on < :end OR s.started_at < :until)",
    )
    sql = f"SELECT {parts} FROM ({rows}) WHERE 1{_conditions(query, 'started_on', renamed)}{_group(query.by)}"
    return _fetch(connection, query, sql.replace(r"\:", ":"), list(columns))


def _is_session(ratio: Ratio) -> bool:
    return all(m.fact == "session" for m in measures_of(ratio.name))


def _row_sql(name: str) -> str:
    sql = measures_of(name)[0].sql
    return sql.removeprefix("SUM(").removesuffix(")")


def _read_payouts(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    more = _currency_sql(query)
    return _read_plain(connection, query, measures, "fact_payout", "day", {}, more)


def _read_videos(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    return _read_plain(connection, query, measures, "video", "published_on", {"video": "video_id"})


def _read_comments(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    cut = "" if query.cut_at is None else " AND (written_on < :end OR written_at < :until)"
    return _read_plain(connection, query, measures, "comment", "written_on", {}, cut)


def _read_plain(
    connection: Connection,
    query: Query,
    measures: Sequence[Measure],
    table: str,
    day: str,
    renamed: dict[str, str],
    more: str = "",
) -> Part:
    columns = ", ".join((*_cuts(query, day, renamed), *(m.sql for m in measures)))
    sql = (
        f"SELECT {columns} FROM {table} WHERE shop_id = :shop AND {day} BETWEEN :start AND :end"
        f"{more}{_conditions(query, day, renamed)}{_group(query.by)}"
    )
    return _fetch(connection, query, sql, [m.name for m in measures])


def _read_calendar(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    """How many days of the range each time cut has; joined to every row of the other facts."""
    times = _times(query)
    counted = {(): len(_axis_days(query))} if times is None else Counter(times)
    by = tuple(name for name in query.by if name in TIME)
    return Part(by, ("days",), {key: (days,) for key, days in counted.items()})


def _read_held(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    """How many live sessions there were in each time cut: the same for whatever was sold in them."""
    own = (*TIME, "platform")
    asked = replace(
        query,
        metrics=("sessions",),
        by=tuple(name for name in query.by if name in own),
        where=tuple(pair for pair in query.where if pair[0] in own),
    )
    return replace(_read_sessions(connection, asked, measures_of("sessions")), names=("sessions_held",))


def _read_kiln(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    return _read_plain(connection, query, measures, kiln_facts.KILN_ROWS, "day", {})


def _read_batches(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    return _read_plain(connection, query, measures, kiln_facts.BATCH_ROWS, "day", {})


def _read_stock(connection: Connection, query: Query, measures: Sequence[Measure]) -> Part:
    """The ledger of the range, by what the catalog knows of the SKUs whose stock is kept."""
    renamed = cuts.named("s.sku")
    columns = ", ".join((*_cuts(query, "", renamed), *(m.sql for m in measures)))
    sql = (
        f"SELECT {columns} FROM ({STOCK_ROWS}) s LEFT JOIN variant v ON v.shop_id = :shop "
        f"AND v.sku = s.sku{cuts.OF_PRODUCT} WHERE 1{_conditions(query, '', renamed)}"
        f"{_group(query.by)}"
    )
    zone = shop_settings(connection, query.shop).time_zone
    days = moments(query.start, query.end, zone)
    return _fetch(connection, query, sql, [m.name for m in measures], **days)


# --- joining facts, filling days -----------------------------------------------------------------


def _times(query: Query) -> list[Key] | None:
    """The time cuts of every day of the range, as the answer writes them; None where it has none."""
    wanted = [NAMES[name] for name in query.by if name in TIME]
    return [tuple(name(day) for name in wanted) for day in _axis_days(query)] if wanted else None


NAMES: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": lambda day: (day - timedelta(days=day.weekday())).isoformat(),
    "month": lambda day: day.isoformat()[:7],
    "year": lambda day: day.isoformat()[:4],
}


def _axis_days(query: Query) -> list[date]:
    """The days of the range, those alone that the question is narrowed to."""
    days = [query.start + timedelta(days=shift) for shift in range(query.days)]
    for name, values in query.where:
        if name == "day":
            days = [day for day in days if day.isoformat() in values]
    return days


def unit_of(name: str) -> str:
    """The unit of a metric: cents, count, seconds, rate, number or days."""
    return metric(name).unit


def describe(found: Metric, language: str) -> tuple[str, str]:
    """The label and the meaning of a metric in a language (zh or en)."""
    return (found.zh, found.means_zh) if language == "zh" else (found.en, found.means_en)
