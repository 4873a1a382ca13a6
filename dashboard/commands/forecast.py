"""Commands that look ahead: forecast, goal, campaign."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json, table
from dashboard.i18n.language import LANGUAGES
from dashboard.i18n.messages import t


def _clock(db: Any, on: str | None) -> Any:
    """The day to look from, and whether it still runs."""
    from shop import overview
    from shop.core.errors import BadPeriod

    try:
        options = date.fromisoformat(on) if on else None
    except ValueError as problem:
        raise BadPeriod(text=on) from problem
    return overview.clock(db, datetime.now(UTC), options)


def _facts(db: Any) -> Any:
    from shop.metrics.settings import shop_settings

    with db.read() as connection:
        return shop_settings(connection)


# --- forecast --------------------------------------------------------------------------------------


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
    at, shop = _clock(db, on), _facts(db)
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
            click.echo(line.replace("*", ""))
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


# --- goals -----------------------------------------------------------------------------------------


@click.group("goal", help=t("commands.goal.help"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def goal_command(ctx: click.Context, as_json: bool) -> None:
    """Show this month's goals with their pace, and those of earlier months."""
    if ctx.invoked_subcommand:
        return
    from shop.connect import connect
    from shop.growth.forecasting.goals import pace, past
    from shop.metrics.query import Query

    db = connect()
    at, shop = _clock(db, None), _facts(db)
    query = Query(("gmv",), at.on, at.on)
    running = pace(db, query, at.on, is_running=at.now is not None)
    over = past(db, query, at.on)
    db.close()
    if as_json:
        print_json({"goals": [*map(_pace_contract, running), *map(_past_contract, over)]})
    else:
        _print_goals(running, over, shop.currency)


def _goal_contract(goal: Any) -> dict[str, Any]:
    return {
        "month": goal.month.isoformat()[:7],
        "metric": goal.metric,
        "currency": goal.currency,
        "target": goal.target,
    }


def _pace_contract(item: Any) -> dict[str, Any]:
    return _goal_contract(item.goal) | {
        "so_far": item.so_far,
        "left": item.left,
        "days_left": item.days_left,
        "needed_per_day": item.needed,
        "usual_per_day": item.usual,
        "expected": item.projection.expected,
        "on_track": item.is_on_track,
        "outlook": item.outlook,
    }


def _past_contract(item: Any) -> dict[str, Any]:
    outlook = "reached" if item.is_reached else "missed"
    return _goal_contract(item.goal) | {"so_far": item.total, "outlook": outlook}


def _print_goals(running: Any, over: Any, currency: str) -> None:
    from dashboard.i18n import format
    from dashboard.text import forecast as ahead

    format.use_currency(currency)
    lines = [*map(ahead.goal, running), *map(ahead.past_goal, over)]
    for line in lines or [t("commands.goal.none")]:
        click.echo(line.replace("*", ""))


@goal_command.command("set", help=t("commands.goal.set"))
@click.argument("metric")
@click.argument("amount")
@click.option("--month", metavar="M", help=t("commands.goal.month"))
def goal_set(metric: str, amount: str, month: str | None) -> None:
    """Set a goal."""
    from dashboard.i18n import format
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.growth.forecasting.goals import set_goal
    from shop.metrics.query import unit_of

    db = connect()
    shop = _facts(db)
    format.use_currency(shop.currency)
    unit = unit_of(metric)
    result = set_goal(db, _month(db, month), metric, amount_of(amount, unit, shop.currency), actor=OWNER)
    db.close()
    target = figure(result.target, unit)
    click.echo(
        t("commands.goal.done", metric=_label(metric), month=result.month.isoformat()[:7], target=target)
    )


@goal_command.command("clear", help=t("commands.goal.clear"))
@click.argument("metric")
@click.option("--month", metavar="M", help=t("commands.goal.month"))
def goal_clear(metric: str, month: str | None) -> None:
    """Take a goal back."""
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.growth.forecasting.goals import clear_goal

    db = connect()
    on = _month(db, month)
    clear_goal(db, on, metric, actor=OWNER)
    db.close()
    click.echo(t("commands.goal.cleared", metric=_label(metric), month=on.isoformat()[:7]))


def _label(metric: str) -> str:
    from dashboard.text.metrics import label_of

    return label_of(metric)


def _month(db: Any, text: str | None) -> date:
    if text is None:
        on: date = _clock(db, None).today
        return on.replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as problem:
        raise click.UsageError(t("commands.goal.bad_month", text=text)) from problem


def amount_of(text: str, unit: str, currency: str) -> int:
    """An amount as it is typed: money in minor units, a count as it is."""
    from shop.core.money import minor_per_unit

    try:
        value = Decimal(text.replace(",", "")) * (minor_per_unit(currency) if unit == "cents" else 1)
        if value != int(value):
            raise ValueError(text)
    except (InvalidOperation, ValueError, OverflowError) as problem:
        raise click.UsageError(t("commands.goal.bad_amount", text=text)) from problem
    return int(value)


# --- campaigns -------------------------------------------------------------------------------------


@click.group("campaign", help=t("commands.campaign.help"), invoke_without_command=True)
@click.option("--year", type=click.IntRange(1903, 2097), help=t("commands.campaign.year"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def campaign_command(ctx: click.Context, year: int | None, as_json: bool) -> None:
    """Show the campaigns of a year."""
    if ctx.invoked_subcommand:
        return
    from shop.connect import connect
    from shop.growth.comparison.campaigns import editions

    db = connect()
    year = year or _clock(db, None).today.year
    result = editions(db, range(year, year + 1))
    db.close()
    if as_json:
        print_json(
            {
                "campaigns": [
                    {
                        "key": item.key,
                        "name": item.name,
                        "year": item.year,
                        "from": item.period.start.isoformat(),
                        "to": item.period.end.isoformat(),
                        "is_estimate": item.is_estimate,
                        "is_own": item.is_own,
                    }
                    for item in result
                ]
            }
        )
        return
    names = ("name", "start", "end", "state")
    heads = [t(f"commands.campaign.{name}") for name in names]
    click.echo(table(heads, [_campaign_row(item) for item in result], left=4))


def _key(name: str) -> str:
    """The key of a campaign by its name in any language; an own one goes by its name."""
    from dashboard.i18n import messages
    from shop.growth.comparison.campaigns import NAMES, key_of

    for key in NAMES:
        if name.strip() in {messages.words(language)[f"campaign.{key}"] for language in LANGUAGES}:
            return key
    return key_of(name.strip())


def _named(name: str) -> str:
    from dashboard.text.comparison import occasion

    return occasion(name)


def _campaign_row(item: Any) -> list[str]:
    source = t("commands.campaign.own" if item.is_own else "commands.campaign.known")
    guess = t("commands.campaign.estimate")
    return [
        _named(item.name),
        item.period.start.isoformat(),
        item.period.end.isoformat(),
        guess if item.is_estimate else source,
    ]


@campaign_command.command("set", help=t("commands.campaign.set"))
@click.argument("name")
@click.argument("year", type=int)
@click.argument("days")
@click.option("--estimate", is_flag=True, help=t("commands.campaign.guess"))
def campaign_set(name: str, year: int, days: str, estimate: bool) -> None:
    """Write down the days of a campaign."""
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.core.periods import parse_period
    from shop.growth.comparison.campaigns import set_campaign

    db = connect()
    result = set_campaign(
        db, name, year, parse_period(days), actor=OWNER, key=_key(name), is_estimate=estimate
    )
    db.close()
    click.echo(t("commands.campaign.saved", name=_named(result.name), year=year, range=result.period))


@campaign_command.command("remove", help=t("commands.campaign.remove"))
@click.argument("name")
@click.argument("year", type=int)
def campaign_remove(name: str, year: int) -> None:
    """Take a campaign out of the calendar."""
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.growth.comparison.campaigns import remove_campaign

    db = connect()
    gone = remove_campaign(db, _key(name), year, actor=OWNER)
    db.close()
    click.echo(t("commands.campaign.removed", name=_named(gone.name), year=year))


@campaign_command.command("reset", help=t("commands.campaign.reset"))
@click.argument("name")
@click.argument("year", type=int)
def campaign_reset(name: str, year: int) -> None:
    """Forget what was typed."""
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.growth.comparison.campaigns import reset_campaign

    db = connect()
    reset_campaign(db, _key(name), year, actor=OWNER)
    db.close()
    click.echo(t("commands.campaign.was_reset", name=_named(name), year=year))
