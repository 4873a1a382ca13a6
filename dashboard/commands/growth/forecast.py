"""`kilnboard forecast`: where the month ends and what the next weeks bring."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.session import clock_at, settings_of
from dashboard.i18n.messages import t
from dashboard.text.markdown import plain
from dashboard.text.table import table


@click.command("forecast", help=t("commands.forecast.help"))
@click.argument("metric", default="gmv")
@click.option("--weeks", type=click.IntRange(1, 6), default=4, help=t("commands.forecast.weeks"))
@click.option("--on", metavar="D", help=t("commands.forecast.on"))
@click.option("--currency", metavar="ISO", help=t("commands.report.currency"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def forecast_command(
    ctx: click.Context, metric: str, weeks: int, on: str | None, currency: str | None, as_json: bool
) -> None:
    """Print the end of the month and the next weeks; ends with 1 where there is no forecast."""
    from shop.connect import connect
    from shop.growth.forecasting.forecast import METRICS, forecast, project
    from shop.metrics.definitions import metric as known_metric
    from shop.metrics.query import Query

    if known_metric(metric).name not in METRICS:
        known = ", ".join(METRICS)
        raise click.UsageError(t("commands.forecast.unknown", metric=metric, known=known))
    db = connect()
    at, shop = clock_at(db, on), settings_of(db)
    query = Query((metric,), at.on, at.on, currency=currency or shop.currency)
    month = project(db, query, at.on, is_running=at.now is not None)
    result = forecast(db, query, month.known_until, weeks=weeks)
    db.close()
    if as_json:
        print_json(_forecast_contract(month, result, query.currency))
    else:
        _print_forecast(month, result, query.currency or shop.currency)
    ctx.exit(1 if result.why else 0)


def _forecast_contract(month: Any, result: Any, currency: str | None) -> dict[str, Any]:
    from shop.metrics.query import unit_of

    return {
        "metric": result.metric,
        "unit": unit_of(result.metric),
        "currency": currency,
        "known_until": result.known_until.isoformat(),
        "why_none": result.why or None,
        "history_days": result.history_days,
        "missing_days": result.missing_days,
        "month": {
            "from": month.month.start.isoformat(),
            "to": month.month.end.isoformat(),
            "so_far": month.so_far,
            "expected": month.expected,
            "low": month.low,
            "high": month.high,
            "naive": month.naive,
        },
        "days": [
            {
                "day": day.on.isoformat(),
                "expected": day.expected,
                "low": day.low,
                "high": day.high,
                "naive": day.naive,
                "session": day.session,
                "occasion": day.occasion,
            }
            for day in result.days
        ],
        "total": {"expected": result.expected, "low": result.low, "high": result.high, "naive": result.naive}
        if result.days
        else None,
        "trials": None if result.trials is None else asdict(result.trials),
        "unseen": list(result.unseen),
    }


def _print_forecast(month: Any, result: Any, currency: str) -> None:
    from dashboard.i18n import format
    from dashboard.text import comparison
    from dashboard.text import forecast as ahead
    from shop.metrics.query import unit_of

    format.use_currency(currency)
    message = (ahead.month(month), ahead.weeks(result), ahead.trials(result), ahead.cautions(result))
    for line in dict.fromkeys(message):
        if line:
            click.echo(plain(line))
    if not result.days:
        return
    unit = unit_of(result.metric)
    names = ("expected", "low", "high", "naive", "session", "occasion")
    heads = ["", "", *(t(f"commands.forecast.{name}") for name in names)]
    rows = [
        [
            day.on.isoformat(),
            format.weekday(day.on),
            *(figure(value, unit) for value in (day.expected, day.low, day.high, day.naive)),
            format.rate(day.session),
            comparison.occasion(day.occasion) if day.occasion else "",
        ]
        for day in result.days
    ]
    click.echo()
    click.echo(table(heads, rows, left=2))
