"""`kilnboard order`: what the Orders page does, for scripts."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import DAY, json_option, opened
from dashboard.commands.orders.outlook import presale_command, promises_command
from dashboard.commands.stock.contract import contract, moment
from dashboard.i18n.messages import t
from dashboard.text.parcels import contents
from dashboard.text.table import table
from shop.core.files import write_whole

SUMS = ("buyer_paid_cents", "platform_discount_cents", "sums", "refunds", "payouts")


@click.group("order", help=t("commands.order.help"))
@click.option("--as", "name", metavar="NAME", help=t("commands.kiln.as_"))
def order_command(name: str | None) -> None:
    """Orders: find one, what must leave, what to pick, what was sent."""
    if name:
        from dashboard.ui.actor import USER

        os.environ[USER] = name


@order_command.command("list", help=t("commands.order.list.help"))
@click.argument("words", nargs=-1)
@click.option(
    "--show",
    type=click.Choice(("all", "send", "waiting", "sent")),
    default="all",
    help=t("commands.order.list.show"),
)
@click.option("--platform", metavar="NAME", default="", help=t("commands.order.list.platform"))
@click.option("--status", metavar="STATUS", default="", help=t("commands.order.list.status"))
@click.option("--from", "first", type=DAY, help=t("commands.order.list.from_"))
@click.option("--to", "last", type=DAY, help=t("commands.order.list.to"))
@click.option("--limit", default=50, show_default=True, help=t("commands.stock.limit"))
@json_option
def list_(
    words: tuple[str, ...],
    show: str,
    platform: str,
    status: str,
    first: Any,
    last: Any,
    limit: int,
    as_json: bool,
) -> None:
    """Orders by number or words, or those that must leave."""
    from shop.orders import parcels, search

    with opened() as (db, actor):
        if show == "all":
            wanted = search.OrderFilter(" ".join(words), platform, "", status, first, last)
            rows = list(search.find_orders(db, wanted, limit=limit).rows)
        else:
            outbox = parcels.outbox(db)
            group = {"send": outbox.ready, "waiting": outbox.delayed, "sent": outbox.sent}[show]
            rows = [item.order for item in group if not platform or item.order.platform == platform][:limit]
    if as_json:
        print_json({"orders": [_contract(asdict(row), actor) for row in rows]})
        return
    if not rows:
        click.echo(t("commands.order.none"))
        return
    heads = ("platform", "order", "status", "paid", "promised", "what")
    lines = [
        [
            row.platform,
            row.order_id,
            t(f"orders.statuses.{row.status}"),
            _at(row.paid_at),
            _at(row.promised_at),
            contents(row),
        ]
        for row in rows
    ]
    click.echo(table([t(f"commands.order.heads.{name}") for name in heads], lines, left=6))


def _at(at: datetime | None) -> str:
    return moment(at) if at else "–"


def _contract(values: Any, actor: Any) -> Any:
    """Values for `--json`, without sums where the role sees none, without the key of the buyer."""
    if isinstance(values, dict):
        hidden = {"buyer_key", *(() if actor.may("see_sums") else SUMS)}
        hidden |= set() if actor.may("see_margins") else {"payouts"}
        return contract(
            {name: _contract(value, actor) for name, value in values.items() if name not in hidden}
        )
    if isinstance(values, list | tuple):
        return [_contract(value, actor) for value in values]
    return values.isoformat() if hasattr(values, "isoformat") and not isinstance(values, datetime) else values


@order_command.command("show", help=t("commands.order.show"))
@click.argument("number")
@json_option
def show_(number: str, as_json: bool) -> None:
    """Everything about one order; the number, or a part of it that only one order has."""
    from shop.orders.order_detail import order_detail
    from shop.orders.parcels import NoSuchOrder
    from shop.orders.search import OrderFilter, find_orders

    with opened() as (db, actor):
        rows = find_orders(db, OrderFilter(number), limit=2).rows
        if len(rows) != 1:
            raise NoSuchOrder(order=number, platform=", ".join(sorted({row.platform for row in rows})) or "–")
        detail = order_detail(db, *rows[0].key)
    if as_json:
        print_json(_contract(asdict(detail), actor))
        return
    order = detail.order
    click.echo(
        f"{order.platform} {order.order_id}  {t(f'orders.statuses.{order.status}')}  {_at(order.paid_at)}"
    )
    for line in order.lines:
        click.echo(f"  {line.sku}  {line.name} × {line.quantity}  {line.place}")
    if actor.may("see_sums"):
        from dashboard.text.catalog import money

        click.echo(f"  {t('orders.sums.buyer_paid')}  {money(order.buyer_paid_cents, order.currency)}")
    for reading in detail.readings:
        click.echo(f"  {reading.source or t('orders.versions.api')}  {_at(reading.read_at)}")


@order_command.command("pick", help=t("commands.order.pick.help"))
@click.option("--orders", default=10, show_default=True, help=t("commands.order.pick.orders"))
@click.option("--paper", type=click.Path(dir_okay=False), help=t("commands.order.pick.paper"))
@click.option(
    "--size",
    type=click.Choice(("a4", "76x130")),
    default="a4",
    show_default=True,
    help=t("commands.order.pick.size"),
)
@json_option
def pick_(orders: int, paper: str | None, size: Any, as_json: bool) -> None:
    """The pick list of the most urgent orders; with --paper also as HTML or PDF with a packing list per order."""
    from shop.orders import packing, parcels, picking

    with opened() as (db, actor):
        items = parcels.outbox(db).ready[:orders]
        stops = picking.pick_list(items)
        if paper:
            from zoneinfo import ZoneInfo

            from dashboard.reports.packing import html
            from shop.metrics.settings import shop_settings

            with db.read() as connection:
                zone = ZoneInfo(shop_settings(connection).time_zone)
            sizes = packing.piece_sizes(db, [line.sku for item in items for line in item.order.lines])
            page = html(stops, [([item], packing.advise([item.order], sizes)) for item in items], size, zone)
            _write(paper, page)
    if as_json:
        print_json(
            {
                "stops": [
                    _contract(asdict(stop) | {"pieces": stop.pieces, "picked": stop.is_picked}, actor)
                    for stop in stops
                ]
            }
        )
        return
    heads = ("place", "sku", "pieces", "what")
    rows = [[stop.place, stop.sku, str(stop.pieces), stop.name] for stop in stops]
    click.echo(
        table([t(f"commands.order.heads.{name}") for name in heads], rows, left=4)
        if rows
        else t("commands.order.none")
    )


def _write(path: str, page: str) -> None:
    """Write a page as HTML, or as PDF where the file is named so."""
    from pathlib import Path

    from dashboard.reports.pdf import pdf

    write_whole(Path(path), pdf(page) if path.lower().endswith(".pdf") else page.encode())
    click.echo(t("commands.order.written", path=path), err=True)


@order_command.command("ship", help=t("commands.order.ship.help"))
@click.argument("platform")
@click.argument("numbers", nargs=-1, required=True)
@json_option
def ship_(platform: str, numbers: tuple[str, ...], as_json: bool) -> None:
    """Mark orders as sent until the platform reports it."""
    from shop.orders import parcels
    from shop.orders.numbers import cleaned_number

    with opened() as (db, actor):
        number = parcels.mark_sent(db, [(platform, cleaned_number(text)) for text in numbers], actor=actor)
    if as_json:
        print_json({"sent": len(numbers), "undo": number, "at": contract({"at": datetime.now(UTC)})["at"]})
        return
    click.echo(t("orders.send.done", count=len(numbers)))


order_command.add_command(presale_command)
order_command.add_command(promises_command)
