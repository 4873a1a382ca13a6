"""`kilnboard payouts`: what platforms are expected to pay out in the next six weeks."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.params import DAY, json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.table import table

NAMES = ("expected", "of_paid", "of_new", "low", "high")


@click.command("payouts", help=t("commands.payouts.help"))
@click.option("--platform", metavar="NAME", help=t("commands.payouts.platform"))
@click.option("--on", type=DAY, help=t("commands.payouts.on"))
@json_option
def payouts_command(platform: str | None, on: date | None, as_json: bool) -> None:
    """The payouts to come by week, with --json by day too; the owner's."""
    from shop.metrics.query import Query
    from shop.metrics.settings import today
    from shop.profit.payout_forecast import payout_forecast

    with opened() as (db, _):
        with db.read() as connection:
            day = on or today(connection)
        where = (("platform", (platform,)),) if platform else ()
        result = payout_forecast(db, Query(("gmv",), day, day, where=where))
    if as_json:
        print_json(
            {
                "on": day.isoformat(),
                "currency": result.currency,
                "past_errors": result.past_errors,
                "weeks": [_row(item) for item in result.weeks],
                "days": [_row(item) for item in result.days],
            }
        )
        return
    if not result.weeks:
        click.echo(t("payouts.none"))
        return
    rows = [
        [row["start"], *(figure(row[name], "cents") for name in NAMES)] for row in map(_row, result.weeks)
    ]
    click.echo(table([t("payouts.week"), *(t(f"payouts.{name}") for name in NAMES)], rows))


def _row(item: Any) -> dict[str, Any]:
    return {
        "start": item.period.start.isoformat(),
        "end": item.period.end.isoformat(),
        "expected": item.cents,
        "of_paid": item.of_paid,
        "of_new": item.of_new,
        "low": item.low,
        "high": item.high,
    }
