"""`kilnboard order presale` and `order promises`: what is still to be paid, and what will be ready when."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.params import DAY, json_option, opened
from dashboard.commands.stock.contract import contract
from dashboard.i18n.messages import t
from dashboard.text.table import table

HALF_YEAR = timedelta(days=180)


@click.command("presale", help=t("commands.order.presale.help"))
@click.option("--from", "first", type=DAY, help=t("commands.order.presale.from_"))
@click.option("--to", "last", type=DAY, help=t("commands.order.presale.to"))
@json_option
def presale_command(first: date | None, last: date | None, as_json: bool) -> None:
    """The deposits of a range and what became of them."""
    from shop.access.roles import require
    from shop.metrics.query import Query
    from shop.metrics.settings import today
    from shop.performance import presale

    with opened() as (db, actor):
        require(actor, "see_sums")
        with db.read() as connection:
            end = last or today(connection)
        orders = presale.presale_orders(db, Query(("gmv",), first or end - HALF_YEAR, end))
    sums = presale.presale_sums(orders)
    if as_json:
        print_json(
            {
                "sums": asdict(sums),
                "orders": [contract(asdict(item) | _days(item) | {"state": item.state}) for item in orders],
            }
        )
        return
    if not orders:
        click.echo(t("orders.presale.none"))
        return
    heads = [t(f"orders.presale.{name}") for name in ("order", "deposit_on", "deposit", "balance", "state")]
    rows = [
        [
            item.order_id,
            item.deposit_on.isoformat(),
            figure(item.deposit_cents, "cents"),
            figure(item.balance_cents, "cents"),
            t(f"orders.presale.states.{item.state}"),
        ]
        for item in orders
    ]
    click.echo(table(heads, rows))


def _days(item: Any) -> dict[str, str | None]:
    return {
        "deposit_on": item.deposit_on.isoformat(),
        "sold_on": item.sold_on.isoformat() if item.sold_on else None,
    }


@click.command("promises", help=t("commands.order.promises.help"))
@json_option
def promises_command(as_json: bool) -> None:
    """The lines that wait for pieces: when each can be ready, and which will be late."""
    from shop.orders.parcels import line_promises

    with opened() as (db, _):
        promises = line_promises(db)
    if as_json:
        print_json(
            {
                "lines": [
                    {
                        "platform": item.shipment.order.platform,
                        "order_id": item.shipment.order.order_id,
                        "line_id": item.line_id,
                        "sku": item.sku,
                        "pieces": item.pieces,
                        "batch_id": item.ready.batch_id,
                        **{
                            name: getattr(item.ready, name).isoformat()
                            for name in ("earliest", "expected", "latest")
                        },
                        "learned": item.ready.learned,
                        "promised_on": item.promised_on.isoformat() if item.promised_on else None,
                        "lateness": item.lateness,
                    }
                    for item in promises
                ]
            }
        )
        return
    if not promises:
        click.echo(t("commands.order.none"))
        return
    heads = [t(f"orders.promises.{name}") for name in ("state", "piece", "pieces", "promised", "expected")]
    rows = [
        [
            t(f"orders.promises.{item.lateness}"),
            f"{item.shipment.order.order_id} {item.sku}",
            str(item.pieces),
            item.promised_on.isoformat() if item.promised_on else "–",
            item.ready.expected.isoformat(),
        ]
        for item in promises
    ]
    click.echo(table(heads, rows))
