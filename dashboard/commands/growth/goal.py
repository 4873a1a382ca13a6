"""`kilnboard goal`: goals of a month, and what each day left has to bring."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.session import clock_at, settings_of
from dashboard.i18n.messages import t
from dashboard.text.markdown import plain


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
    at, shop = clock_at(db, None), settings_of(db)
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
        click.echo(plain(line))


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
    shop = settings_of(db)
    format.use_currency(shop.currency)
    unit = unit_of(metric)
    result = set_goal(db, month_of(db, month), metric, amount_of(amount, unit, shop.currency), actor=OWNER)
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
    on = month_of(db, month)
    clear_goal(db, on, metric, actor=OWNER)
    db.close()
    click.echo(t("commands.goal.cleared", metric=_label(metric), month=on.isoformat()[:7]))


def _label(metric: str) -> str:
    from dashboard.text.metrics import label_of

    return label_of(metric)


def month_of(db: Any, text: str | None) -> date:
    """The first day of the month that a text (2026-03) names, or of this month."""
    if text is None:
        on: date = clock_at(db, None).today
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
