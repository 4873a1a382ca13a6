"""`kilnboard stock set` and `kilnboard stock count`: opening counts and stocktakes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from dashboard.commands.common.output import say_json, table
from dashboard.commands.common.params import json_option, opened
from dashboard.commands.stock.contract import contract, on_our_clock
from dashboard.i18n.messages import t

AT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


def _pairs(told: tuple[str, ...]) -> dict[str, int]:
    """CUP 12 BOWL 3 as pieces by SKU."""
    if not told or len(told) % 2:
        raise click.UsageError(t("commands.stock.pairs"))
    found = {}
    for sku, pieces in zip(told[::2], told[1::2], strict=True):
        if not pieces.isdecimal():
            raise click.UsageError(t("commands.stock.bad_pieces", sku=sku, text=pieces))
        found[sku] = int(pieces)
    return found


@click.command("set", help=t("commands.stock.set"))
@click.argument("pairs", nargs=-1, metavar="SKU PIECES [SKU PIECES]...")
@click.option("--at", type=AT, help=t("commands.stock.at"))
@json_option
def set_command(pairs: tuple[str, ...], at: datetime | None, as_json: bool) -> None:
    """Say how many pieces there are."""
    from shop.stock import counts
    from shop.undo import stock

    counted = _pairs(pairs)
    with opened() as (db, actor):
        count_id = counts.set_counts(db, counted, actor=actor, at=on_our_clock(db, at))
        number = stock.number_of(db, count_id=count_id)
    if as_json:
        say_json({"count": count_id, "counted": counted, "change": number})
        return
    click.echo(t("commands.stock.set_done", skus=len(counted), pieces=sum(counted.values())))
    click.echo(t("commands.stock.undo_hint", number=number))


@click.group("count", help=t("commands.stock.count.help"))
def count_group() -> None:
    """A count of the shelf, step by step."""


@count_group.command("start", help=t("commands.stock.count.start"))
@click.option("--place", metavar="PLACE", help=t("commands.stock.place"))
@json_option
def start(place: str | None, as_json: bool) -> None:
    """Open a count, or go on with the one that is open there."""
    from shop.stock import count_sheet, counts

    with opened() as (db, actor):
        number = counts.start(db, place=place, actor=actor)
        sheet = count_sheet.sheet(db, number, place, size=1 << 30)
    if as_json:
        say_json({"count": number, "place": place, **_sheet(sheet)})
        return
    _say_sheet(sheet)
    click.echo(t("commands.stock.count.started", count=number, done=sheet.done, total=sheet.total))


@count_group.command("add", help=t("commands.stock.count.add"))
@click.argument("count", type=int)
@click.argument("pairs", nargs=-1, metavar="SKU PIECES [SKU PIECES]...")
def add(count: int, pairs: tuple[str, ...]) -> None:
    """Write down counted lines."""
    from shop.stock import counts

    counted = _pairs(pairs)
    with opened() as (db, actor):
        counts.count(db, count, counted, actor=actor)
    click.echo(t("commands.stock.count.added", count=count, lines=len(counted)))


@count_group.command("show", help=t("commands.stock.count.show"))
@click.argument("count", type=int)
@json_option
def show(count: int, as_json: bool) -> None:
    """The lines of a count, and how right the book was."""
    with opened() as (db, _):
        told, sheet = _known(db, count)
    if as_json:
        say_json({**contract(asdict(told)), **_sheet(sheet)})
        return
    _say_sheet(sheet)
    _say_accuracy(told)


@count_group.command("finish", help=t("commands.stock.count.finish"))
@click.argument("count", type=int)
@click.option("--yes", is_flag=True, help=t("commands.stock.count.yes"))
@json_option
def finish(count: int, yes: bool, as_json: bool) -> None:
    """Book the differences, after a look at them."""
    from shop.stock import counts
    from shop.undo import stock

    with opened() as (db, actor):
        told, sheet = _known(db, count)
        if not (yes or as_json):
            _say_sheet(sheet, only_differences=True)
            _say_accuracy(told)
            click.confirm(t("commands.stock.count.sure", lines=told.lines), abort=True)
        counts.finish(db, count, actor=actor)
        told, _ = _known(db, count)
        number = stock.number_of(db, count_id=count)
    if as_json:
        say_json({**contract(asdict(told)), "change": number})
        return
    click.echo(t("commands.stock.count.finished", count=count, lines=told.lines))
    click.echo(t("commands.stock.undo_hint", number=number))


@count_group.command("drop", help=t("commands.stock.count.drop"))
@click.argument("count", type=int)
def drop(count: int) -> None:
    """Give a count up."""
    from shop.stock import counts

    with opened() as (db, actor):
        counts.drop(db, count, actor=actor)
    click.echo(t("commands.stock.count.dropped", count=count))


def _known(db: Any, count: int) -> tuple[Any, Any]:
    """A count and its lines."""
    from shop.stock import count_sheet
    from shop.stock.counts import UnknownCount

    told = count_sheet.count_of(db, count)
    if told is None:
        raise UnknownCount(count=count, wanted="open")
    return told, count_sheet.sheet(db, count, told.place, size=1 << 30)


def _sheet(sheet: Any) -> dict[str, Any]:
    lines = [
        {
            "sku": one.level.sku,
            "title": one.level.title,
            "place": one.level.place,
            "expected": one.expected,
            "counted": one.counted,
            "counted_by": one.counted_by,
            "difference": one.difference,
            "to_send": one.to_send,
        }
        for one in sheet.lines
    ]
    return {"done": sheet.done, "total": sheet.total, "lines_of_count": lines}


def _say_sheet(sheet: Any, *, only_differences: bool = False) -> None:
    lines = sheet.differences if only_differences else sheet.lines
    if not lines:
        return
    heads = ("sku", "title", "place", "expected", "counted", "difference", "to_send")
    rows = [
        [
            one.level.sku,
            one.level.title,
            one.level.place,
            f"{one.expected:,}",
            "–" if one.counted is None else f"{one.counted:,}",
            f"{one.difference:+,}" if one.difference else "",
            f"{one.to_send:,}" if one.to_send else "",
        ]
        for one in lines
    ]
    click.echo(table([t(f"commands.stock.heads.{name}") for name in heads], rows, left=3))


def _say_accuracy(told: Any) -> None:
    click.echo(
        t(
            "commands.stock.count.accuracy",
            lines=told.lines,
            lines_right=told.lines_right,
            pieces=told.pieces,
            pieces_right=told.pieces_right,
        )
    )
