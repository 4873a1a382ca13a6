"""`kilnboard cost`: rates of couriers, packing and work, hours worked, advertising by hand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.params import AMOUNT, MONEY, json_option, minor, on_option, opened
from dashboard.i18n.messages import t
from dashboard.text.table import table

KINDS = ("courier", "packing", "wage", "layer")
WEEKS = timedelta(weeks=6)
platform_option = click.option(
    "--platform", metavar="NAME", default="", help=t("commands.cost.rate.platform")
)


@click.group("cost", help=t("commands.cost.help"))
def cost_command() -> None:
    """Running costs, for the owner."""


@cost_command.command("rate", help=t("commands.cost.rate.help"))
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.argument("amount", type=MONEY, required=False)
@platform_option
@click.option("--province", metavar="NAME", default="", help=t("commands.cost.rate.province"))
@click.option("--grams", type=click.IntRange(min=0), default=0, help=t("commands.cost.rate.grams"))
@click.option("--remove", is_flag=True, help=t("commands.cost.rate.remove"))
@on_option
@json_option
def rate_command(
    kind: str | None,
    amount: Decimal | None,
    platform: str,
    province: str,
    grams: int,
    remove: bool,
    on: date | None,
    as_json: bool,
) -> None:
    """List the rates, or enter or remove one."""
    from shop.models.costs import RateKind
    from shop.pricing.cost_rates import RateScope, cost_rates, set_cost_rate

    with opened() as (db, actor):
        if amount is not None or remove:
            if kind is None:
                raise click.UsageError(t("commands.cost.rate.no_kind"))
            scope = RateScope(RateKind(kind), platform, province, grams)
            cents = None if remove else minor(amount)
            number = set_cost_rate(db, scope, cents, actor=actor, from_on=on)
            _done(t("commands.cost.rate.set", kind=t(f"costs.kinds.{kind}")), number, as_json)
        rows = [rate for rate in cost_rates(db) if kind in (None, rate.scope.kind)]
        if as_json:
            print_json(
                {
                    "rates": [
                        {
                            **asdict(rate.scope),
                            "from_on": rate.from_on.isoformat(),
                            "cents": rate.cents,
                            "currency": rate.currency,
                        }
                        for rate in rows
                    ]
                }
            )
        elif rows:
            heads = [
                t(f"costs.{name}") for name in ("kind", "platform", "province", "grams", "from_on", "amount")
            ]
            click.echo(table(heads, [_cells(rate) for rate in rows]))
        else:
            click.echo(t("costs.no_rates"))


def _cells(rate: Any) -> list[str]:
    scope = rate.scope
    return [
        t(f"costs.kinds.{scope.kind.value}"),
        scope.platform,
        scope.province,
        str(scope.up_to_g or ""),
        rate.from_on.isoformat(),
        figure(rate.cents, "cents"),
    ]


@cost_command.command("hours", help=t("commands.cost.hours.help"))
@click.argument("hours", type=AMOUNT, required=False)
@click.option("--task", metavar="TEXT", default="", help=t("commands.cost.hours.task"))
@on_option
@json_option
def hours_command(hours: int | None, task: str, on: date | None, as_json: bool) -> None:
    """List the hours of the last six weeks, or enter those of a day."""
    from shop.pricing.day_costs import labour_days, set_labour

    with opened() as (db, actor):
        day = on or _today(db)
        if hours is not None:
            minutes = (hours * 60 + 500) // 1000
            message = t("commands.cost.hours.set", day=day, hours=f"{minutes / 60:g}")
            _done(message, set_labour(db, day, minutes, actor=actor, task=task), as_json)
        rows = labour_days(db, _period(db))
    if as_json:
        print_json({"hours": [asdict(row) | {"day": row.day.isoformat()} for row in rows]})
    else:
        heads = [t(f"costs.{name}") for name in ("day", "hours", "task")]
        click.echo(table(heads, [[row.day.isoformat(), f"{row.minutes / 60:g}", row.task] for row in rows]))


@cost_command.command("ads", help=t("commands.cost.ads.help"))
@click.argument("amount", type=MONEY, required=False)
@platform_option
@click.option("--product", metavar="CODE", default="", help=t("commands.cost.ads.product"))
@on_option
@json_option
def ads_command(amount: Decimal | None, platform: str, product: str, on: date | None, as_json: bool) -> None:
    """List the advertising entered in the last six weeks, or enter that of a day."""
    from shop.pricing.day_costs import ad_days, set_advertising

    with opened() as (db, actor):
        if amount is not None:
            if not platform:
                raise click.UsageError(t("commands.cost.ads.no_platform"))
            day = on or _today(db)
            number = set_advertising(db, day, platform, minor(amount) or 0, actor=actor, product_code=product)
            _done(t("commands.cost.ads.set", day=day), number, as_json)
        rows = ad_days(db, _period(db))
        if as_json:
            print_json({"ads": [asdict(row) | {"day": row.day.isoformat()} for row in rows]})
            return
        heads = [t(f"costs.{name}") for name in ("day", "platform", "product", "amount")]
        cells = [
            [row.day.isoformat(), row.platform, row.product_code, figure(row.amount_cents, "cents")]
            for row in rows
        ]
        click.echo(table(heads, cells))


def _done(message: str, audit_id: int, as_json: bool) -> None:
    if not as_json:
        click.echo(message)
        click.echo(t("commands.kiln.undo_hint", number=audit_id))


def _today(db: Any) -> date:
    from shop.metrics.settings import today

    with db.read() as connection:
        return today(connection)


def _period(db: Any) -> Any:
    from shop.core.periods import Period

    return Period(_today(db) - WEEKS, _today(db))
