"""Commands that answer questions: report, metrics."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.i18n.language import language
from dashboard.i18n.messages import has, t
from dashboard.text import notes as wording
from dashboard.text.table import table
from shop.metrics.tables import records

DEFAULT = ("gmv", "net_sales", "orders", "units", "units_per_day")


@click.command("report", help=t("commands.report.help"))
@click.argument("metrics", nargs=-1)
@click.option("--from", "start", metavar="D", help=t("commands.report.start"))
@click.option("--to", "end", metavar="D", help=t("commands.report.end"))
@click.option("--by", metavar="CUT", help=t("commands.report.by"))
@click.option("--against", metavar="CALENDAR", help=t("commands.report.against"))
@click.option("--where", "conditions", multiple=True, metavar="CUT=VALUE", help=t("commands.report.where"))
@click.option("--currency", metavar="ISO", help=t("commands.report.currency"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.option("--csv", "as_csv", is_flag=True, help=t("commands.report.csv"))
@click.option("--html", type=click.Path(dir_okay=False), help=t("commands.report.html"))
@click.option("--pdf", type=click.Path(dir_okay=False), help=t("commands.report.pdf"))
@click.option("--xlsx", type=click.Path(dir_okay=False), help=t("commands.report.xlsx"))
@click.option("--force", is_flag=True, help=t("commands.report.force"))
def report_command(
    metrics: tuple[str, ...],
    start: str | None,
    end: str | None,
    by: str | None,
    against: str | None,
    conditions: tuple[str, ...],
    currency: str | None,
    as_json: bool,
    as_csv: bool,
    html: str | None,
    pdf: str | None,
    xlsx: str | None,
    force: bool,
) -> None:
    """Print figures of a period, cut by a dimension, with those of another period; or the growth report."""
    files = {"html": html, "pdf": pdf, "xlsx": xlsx}
    if metrics[:1] == ("growth",):
        from dashboard.commands.growth.growth_report import report_growth
        from dashboard.reports.options import ReportOptions

        if by or as_csv or len(metrics) > 2:
            raise click.UsageError(t("commands.report.growth_alone"))
        options = ReportOptions(start, end, against, _where(conditions), currency)
        report_growth(options, metrics[1:], {k: v for k, v in files.items() if v}, as_json, force)
        return
    if any(files.values()):
        raise click.UsageError(t("commands.report.only_growth"))
    from shop.connect import connect
    from shop.metrics.query import Query, answer
    from shop.metrics.settings import currency_of, shop_settings

    db = connect()
    with db.read() as connection:
        shop = shop_settings(connection)
    first, last = period(start, end, shop.time_zone)
    query = Query(
        metrics or DEFAULT,
        first,
        last,
        tuple(by.split(",")) if by else (),
        _where(conditions),
        currency=currency,
    )
    if against:
        query = replace(query, cut_at=_cut_at(db, query))
    with db.read() as connection:
        money = currency_of(connection, query)
    rows = answer(db, query)
    content = contract(db, query, rows, against)
    if as_json:
        print_json(content)
    elif as_csv:
        _print_csv(content)
    else:
        print_text(content, query, money)
        if against:
            _print_laid(db, replace(query, by=()), against)
    db.close()


def _cut_at(db: Any, query: Any) -> int | None:
    """The present moment where the period ends today, so that a running day compares as on the pages."""
    from shop import overview
    from shop.core.periods import Period
    from shop.metrics.definitions import measures_of
    from shop.metrics.query import CUT_FACTS

    facts = {measure.fact for name in query.metrics for measure in measures_of(name)}
    now = overview.clock(db, datetime.now(UTC))
    return now.cut(Period(query.start, query.end)) if facts <= set(CUT_FACTS) else None


def period(start: str | None, end: str | None, zone: str) -> tuple[date, date]:
    """The days requested; without them this month up to today."""
    from dashboard.reports.options import days

    result = days(start, end, datetime.now(ZoneInfo(zone)).date())
    return result.start, result.end


def _where(conditions: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    result: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        name, separator, values = condition.partition("=")
        if not separator:
            raise click.UsageError(t("commands.report.bad_where", text=condition))
        result[name] = (*result.get(name, ()), *values.split(","))
    return tuple(result.items())


def contract(db: Any, query: Any, rows: Any, against: str | None) -> dict[str, Any]:
    """What `report --json` prints: money in cents as integers, days as ISO text, missing as null."""
    from shop.core.money import minor_digits
    from shop.core.periods import Period
    from shop.growth.comparison.calendars import compare, pair
    from shop.metrics.notes import notes
    from shop.metrics.query import plain, total, unit_of
    from shop.metrics.settings import currency_of

    with db.read() as connection:
        currency = currency_of(connection, query)
    known = list(notes(db, query))
    chosen = pair(db, Period(query.start, query.end), against) if against else None
    result = compare(db, replace(query, by=()), chosen) if chosen else {}
    if chosen:
        earlier = notes(db, replace(query, by=(), start=chosen.before.start, end=chosen.before.end))
        known += [note for note in earlier if note.code == "no_orders"]
    now = {name: item.now.total for name, item in result.items()} or total(db, query)
    return {
        "query": {
            "metrics": list(query.metrics),
            "from": query.start.isoformat(),
            "to": query.end.isoformat(),
            "by": list(query.by),
            "where": {name: list(values) for name, values in query.where},
            "currency": currency,
            "against": against,
        },
        "units": {name: unit_of(name) for name in query.metrics},
        "ranges": {
            "now": [query.start.isoformat(), query.end.isoformat()],
            "before": _days(chosen.before) if chosen else None,
            **_laid(chosen, result),
        },
        "rows": [
            {**{name: row[name] for name in query.by}, **{name: plain(row[name]) for name in query.metrics}}
            for row in records(rows)
        ],
        "total": {
            "now": now,
            "before": {name: result[name].before.total if result else None for name in query.metrics},
            "change": {name: _change(chosen, result.get(name)) for name in query.metrics},
        },
        "money": _money(query, currency, rows, minor_digits),
        "notes": [{"code": note.code, "text": wording.sentence(note), **_base(note)} for note in known],
    }


def _base(note: Any) -> dict[str, int]:
    """Of how many orders the buyer is known, where it is not of all."""
    return {"orders": note.orders, "known": note.known} if note.code == "buyers_unknown" else {}


def _money(query: Any, currency: str, rows: Any, digits: Any) -> dict[str, Any]:
    """In what amounts are counted: minor units of each currency, with its number of decimals."""
    named = sorted(set(rows["currency"])) if "currency" in query.by else [currency]
    return {"unit": "minor units", "digits": {name: digits(name) for name in named}}


def _days(period: Any) -> list[str]:
    return [period.start.isoformat(), period.end.isoformat()]


def _laid(chosen: Any, result: dict[str, Any]) -> dict[str, Any]:
    """What a calendar lays the ranges along, and which days it counts, where that is not plain."""
    from shop.growth.comparison.ranges import CALENDARS

    if chosen is None:
        return {"calendar": None}
    laid = {"calendar": chosen.calendar if chosen.calendar in CALENDARS else "free"}
    if any(item.is_uneven and item.is_per_day for item in result.values()):
        laid |= {"change_is": "per_day"}
    if chosen.anchor is not None:
        laid |= {
            "along": chosen.anchor.name,
            "along_days": [chosen.anchor.on.isoformat(), chosen.anchor.before_on.isoformat()],
        }
    if chosen.basis != "day":
        item = next(iter(result.values()))
        laid |= {"counted": chosen.basis, "counted_days": [item.now.days, item.before.days]}
    return laid | ({"is_estimate": True} if chosen.is_estimate else {})


def _change(chosen: Any, result: Any) -> float | None:
    """Of the totals where both ranges are as long; per day where they are not, or not all days count."""
    if result is None:
        return None
    is_plain = chosen.basis == "day" and not result.is_uneven
    change: float | None = result.change_total if is_plain else result.change
    return change


def _print_csv(content: dict[str, Any]) -> None:
    """Write the rows; next to several currencies stands how large the unit of their amounts is."""
    names = [*content["query"]["by"], *content["query"]["metrics"]]
    digits = content["money"]["digits"] if "currency" in content["query"]["by"] else None
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*names, "decimals_of_amounts"] if digits else names)
    for row in content["rows"]:
        cells = ["" if row[name] is None else _spreadsheet_cell(row[name]) for name in names]
        writer.writerow([*cells, digits[row["currency"]]] if digits else cells)


def _spreadsheet_cell(value: Any) -> Any:
    """A cell of a cut as a spreadsheet may contain it: a name that begins as a formula is none."""
    from shop.export.spreadsheet import defused

    return defused(value) if isinstance(value, str) else value


def print_text(content: dict[str, Any], query: Any, currency: str) -> None:
    """Print a report as tables: its rows, then its totals and those of the other period."""
    from dashboard.i18n import format

    format.use_currency(currency)
    units, ranges, totals = content["units"], content["ranges"], content["total"]
    if query.by:
        heads = [*(t(f"commands.cuts.{name}") for name in query.by), *map(_label, query.metrics)]
        rows = [
            [
                *(_cell(row[name]) for name in query.by),
                *(_figure(row[name], units[name], row.get("currency")) for name in query.metrics),
            ]
            for row in content["rows"]
        ]
        click.echo(table(heads, rows, left=len(query.by)))
        if "currency" in query.by:  # no total over currencies
            _print_notes(content)
            return
        click.echo()
    heads = ["", " – ".join(ranges["now"])]
    if ranges["before"]:
        change = "change_per_day" if ranges.keys() & {"counted", "change_is"} else "change"
        heads += [" – ".join(ranges["before"]), t(f"commands.report.{change}")]
    rows = []
    for name in query.metrics:
        cells = [_label(name), figure(totals["now"][name], units[name])]
        if ranges["before"]:
            written = format.points if units[name] == "rate" else format.change
            cells += [figure(totals["before"][name], units[name]), written(totals["change"][name])]
        rows.append(cells)
    click.echo(table(heads, rows))
    _print_notes(content)


def _print_notes(content: dict[str, Any]) -> None:
    if content["notes"]:
        click.echo("\n" + "\n".join(note["text"] for note in content["notes"]))


def _figure(value: Any, unit: str, currency: str | None) -> str:
    """A figure of a row, money in the row's own currency where it has one."""
    from dashboard.i18n import format

    is_money = unit == "cents" and currency is not None and value is not None
    return format.exact_in(value, str(currency)) if is_money else figure(value, unit)


def _print_laid(db: Any, query: Any, against: str) -> None:
    """Print which ranges the comparison has, and in what they are not alike."""
    from dashboard.text import comparison
    from shop.core.periods import Period
    from shop.growth.comparison.calendars import basis_names, pair

    result = basis_names(db, query, pair(db, Period(query.start, query.end), against))
    heading = t("commands.report.laid", calendar=comparison.calendar_name(against))
    report = (heading, comparison.laid(result.pair, result.comparison), comparison.uneven(result))
    click.echo("\n" + "\n".join(line for line in report if line))


def _cell(value: Any) -> str:
    """A cell of a cut; sales that no variant is known for are named in words."""
    from shop.metrics.dimensions import IGNORED, UNMATCHED

    if (stage := f"kiln.stages.{value}") and has(stage):
        return t(stage)
    groups = {IGNORED: "commands.groups.ignored", UNMATCHED: "commands.groups.unmatched"}
    return t(groups[value]) if value in groups else str(value or "–")


def _label(name: str) -> str:
    from shop.metrics.definitions import metric
    from shop.metrics.query import describe

    return describe(metric(name), language())[0]


@click.command("metrics", help=t("commands.metrics.help"))
@click.option("--views", "of_views", is_flag=True, help=t("commands.metrics.views"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
def metrics_command(of_views: bool, as_json: bool) -> None:
    """Print the dictionary of all figures, or of all views."""
    if of_views:
        _print_views(as_json)
        return
    from shop.metrics.definitions import METRICS
    from shop.metrics.query import describe
    from shop.open_data.metric_sql import metric_sql

    result = [
        (m.name, *describe(m, language()), m.unit, m.basis, m.formula, metric_sql(m.name))
        for m in METRICS.values()
    ]
    if as_json:
        keys = ("name", "label", "means", "unit", "basis", "formula", "sql")
        print_json({"metrics": [dict(zip(keys, row, strict=True)) for row in result]})
        return
    for name, label, means, *_ in result:
        click.echo(f"{name}  {label}\n    {means}")


def _print_views(as_json: bool) -> None:
    from shop.open_data.dictionary import dictionary, markdown

    if as_json:
        print_json({"views": dictionary()})
    else:
        click.echo(markdown((language(),)))
