"""`kilnboard stock oversold|settle|returns|receive`: orders that lack pieces, goods coming back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import json_option, opened
from dashboard.commands.stock.contract import contract, moment
from dashboard.i18n.messages import t
from dashboard.text.table import table


@click.command("oversold", help=t("commands.stock.oversold.help"))
@click.option("--all", "settled", is_flag=True, help=t("commands.stock.oversold.all"))
@json_option
@click.pass_context
def oversold_command(ctx: click.Context, settled: bool, as_json: bool) -> None:
    """Orders that were sold more pieces than there are; exit code 1 where any waits."""
    from shop.stock.oversold import oversold

    with opened() as (db, _):
        result = oversold(db, settled=settled)
    if as_json:
        print_json({"oversold": [contract(asdict(item)) for item in result]})
    elif not result:
        click.echo(t("commands.stock.oversold.none"))
    for item in () if as_json else result:
        _print_short(item)
    ctx.exit(int(any(item.settled_how is None for item in result)))


def _print_short(item: Any) -> None:
    click.echo(
        t(
            "commands.stock.oversold.line",
            platform=item.platform,
            order=item.order_id,
            line=item.line_id,
            sku=item.sku,
            title=item.title,
            short=item.short,
            wanted=item.wanted,
            at=moment(item.paid_at),
        )
    )
    if item.settled_how:
        click.echo("  " + t(f"commands.stock.oversold.how.{item.settled_how}", who=item.settled_by))
    if item.is_shipped:
        click.echo("  " + t("commands.stock.oversold.sent"))
    for first in item.first:
        click.echo(
            "  "
            + t(
                "commands.stock.oversold.first",
                platform=first.platform,
                order=first.order_id,
                at=moment(first.paid_at),
            )
        )
    for other in item.siblings:
        key = "same" if other.has_same_glaze else "other"
        click.echo(
            "  "
            + t(
                f"commands.stock.oversold.sibling_{key}",
                sku=other.sku,
                title=other.title,
                available=other.available,
            )
        )


@click.command("settle", help=t("commands.stock.settle.help"))
@click.argument("platform")
@click.argument("order")
@click.argument("line")
@click.argument("how", type=click.Choice(("sibling", "waits", "refunded", "reopen")))
@click.option("--with", "sibling", metavar="SKU", help=t("commands.stock.settle.with_"))
@click.option("--part", type=int, default=0, help=t("commands.stock.receive.part"))
def settle_command(platform: str, order: str, line: str, how: Any, sibling: str | None, part: int) -> None:
    """Decide what becomes of a line that lacks pieces."""
    from shop.stock import oversold

    with opened() as (db, actor):
        if how == "reopen":
            oversold.unsettle(db, platform, order, line, part=part, actor=actor)
        else:
            oversold.settle(db, platform, order, line, how, sibling=sibling, part=part, actor=actor)
    click.echo(t(f"commands.stock.settle.{how}", order=order, sibling=sibling or ""))


@click.command("returns", help=t("commands.stock.returns.help"))
@json_option
def returns_command(as_json: bool) -> None:
    """Goods being returned that nobody has received yet."""
    from shop.stock import returns

    with opened() as (db, _):
        result = returns.expected(db)
    if as_json:
        print_json({"returns": [contract(asdict(item)) for item in result]})
        return
    if not result:
        click.echo(t("commands.stock.returns.none"))
        return
    rows = [
        [
            item.platform,
            item.order_id,
            item.line_id,
            item.sku,
            item.title,
            f"{item.pieces:,}",
            t(f"commands.stock.returns.kinds.{item.kind}"),
            item.reason or "",
        ]
        for item in result
    ]
    heads = ("platform", "order", "line", "sku", "title", "pieces", "kind", "why")
    click.echo(table([t(f"commands.stock.heads.{name}") for name in heads], rows, left=5))


@click.command("receive", help=t("commands.stock.receive.help"))
@click.argument("platform")
@click.argument("order")
@click.argument("line")
@click.option("--whole", type=int, default=0, help=t("commands.stock.receive.whole"))
@click.option("--broken", type=int, default=0, help=t("commands.stock.receive.broken"))
@click.option("--missing", type=int, default=0, help=t("commands.stock.receive.missing"))
@click.option("--case", metavar="ID", help=t("commands.stock.receive.case"))
@click.option("--part", type=int, default=0, help=t("commands.stock.receive.part"))
@click.option("--note", metavar="TEXT", help=t("commands.stock.note"))
@click.option("--undo", is_flag=True, help=t("commands.stock.receive.undo"))
def receive_command(
    platform: str,
    order: str,
    line: str,
    whole: int,
    broken: int,
    missing: int,
    case: str | None,
    part: int,
    note: str | None,
    undo: bool,
) -> None:
    """Record what a parcel brought back."""
    from shop.stock import returns

    with opened() as (db, actor):
        if undo:
            returns.undo(db, platform, order, line, refund_id=case, part=part, actor=actor)
            click.echo(t("commands.stock.receive.undone", order=order))
            return
        returns.receive_return(
            db,
            platform,
            order,
            line,
            whole=whole,
            broken=broken,
            missing=missing,
            refund_id=case,
            part=part,
            why=note,
            actor=actor,
        )
    click.echo(t("commands.stock.receive.done", order=order, whole=whole, broken=broken, missing=missing))


def print_oversold(db: Any) -> None:
    """Report after a load where orders lack pieces and nobody has decided yet."""
    from shop.stock.oversold import undecided_count

    with db.read() as connection:
        count = undecided_count(connection)
    if count:
        click.echo(t("commands.stock.oversold.waiting", count=count), err=True)
