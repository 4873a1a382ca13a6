"""`kilnboard stock set` and `kilnboard stock count`: opening counts and stocktakes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import json_option, opened
from dashboard.commands.stock.contract import contract, on_our_clock
from dashboard.i18n.messages import t
from dashboard.text.table import table

AT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


def _pairs(report: tuple[str, ...]) -> dict[str, int]:
    """CUP 12 BOWL 3 as pieces by SKU."""
    if not report or len(report) % 2:
        raise click.UsageError(t("commands.stock.pairs"))
    result = {}
    for sku, pieces in zip(report[::2], report[1::2], strict=True):
        if not pieces.isdecimal():
            raise click.UsageError(t("commands.stock.bad_pieces", sku=sku, text=pieces))
        result[sku] = int(pieces)
    return result


@click.command("set", help=t("commands.stock.set"))
@click.argument("pairs", nargs=-1, metavar="SKU PIECES [SKU PIECES]...")
@click.option("--at", type=AT, help=t("commands.stock.at"))
@json_option
def set_command(pairs: tuple[str, ...], at: datetime | None, as_json: bool) -> None:
    """Set how many pieces there are."""
    from shop.stock import counts
    from shop.undo import stock

    counted = _pairs(pairs)
    with opened() as (db, actor):
        count_id = counts.set_counts(db, counted, actor=actor, at=on_our_clock(db, at))
        number = stock.number_of(db, count_id=count_id)
    if as_json:
        print_json({"count": count_id, "counted": counted, "change": number})
        return
    click.echo(t("commands.stock.set_done", skus=len(counted), pieces=sum(counted.values())))
    click.echo(t("commands.stock.undo_hint", number=number))


@click.group("count", help=t("commands.stock.count.help"))
def count_group() -> None:
    """A count of the stock, step by step."""


@count_group.command("start", help=t("commands.stock.count.start"))
@click.option("--place", metavar="PLACE", help=t("commands.stock.place"))
@json_option
def start(place: str | None, as_json: bool) -> None:
    """Open a count, or go on with the one that is open there."""
    from shop.stock import count_page, counts

    with opened() as (db, actor):
        number = counts.start(db, place=place, actor=actor)
        worksheet = count_page.count_page(db, number, place, size=1 << 30)
    if as_json:
        print_json({"count": number, "place": place, **_print_lines(worksheet)})
        return
    _print_count(worksheet)
    click.echo(t("commands.stock.count.started", count=number, done=worksheet.done, total=worksheet.total))


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
        report, worksheet = _known(db, count)
    if as_json:
        print_json({**contract(asdict(report)), **_print_lines(worksheet)})
        return
    _print_count(worksheet)
    _print_accuracy(report)


@count_group.command("finish", help=t("commands.stock.count.finish"))
@click.argument("count", type=int)
@click.option("--yes", is_flag=True, help=t("commands.stock.count.yes"))
@json_option
def finish(count: int, yes: bool, as_json: bool) -> None:
    """Book the differences, after a look at them."""
    from shop.stock import counts
    from shop.undo import stock

    with opened() as (db, actor):
        report, worksheet = _known(db, count)
        if not (yes or as_json):
            _print_count(worksheet, only_differences=True)
            _print_accuracy(report)
            click.confirm(t("commands.stock.count.sure", lines=report.lines), abort=True)
        counts.finish(db, count, actor=actor)
        report, _ = _known(db, count)
        number = stock.number_of(db, count_id=count)
    if as_json:
        print_json({**contract(asdict(report)), "change": number})
        return
    click.echo(t("commands.stock.count.finished", count=count, lines=report.lines))
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
    from shop.stock import count_page
    from shop.stock.counts import UnknownCount

    report = count_page.count_of(db, count)
    if report is None:
        raise UnknownCount(count=count, wanted="open")
    return report, count_page.count_page(db, count, report.place, size=1 << 30)


def _print_lines(worksheet: Any) -> dict[str, Any]:
    lines = [
        {
            "sku": item.level.sku,
            "title": item.level.title,
            "place": item.level.place,
            "expected": item.expected,
            "counted": item.counted,
            "counted_by": item.counted_by,
            "difference": item.difference,
            "to_send": item.to_send,
        }
        for item in worksheet.lines
    ]
    return {"done": worksheet.done, "total": worksheet.total, "lines_of_count": lines}


def _print_count(worksheet: Any, *, only_differences: bool = False) -> None:
    lines = worksheet.differences if only_differences else worksheet.lines
    if not lines:
        return
    heads = ("sku", "title", "place", "expected", "counted", "difference", "to_send")
    rows = [
        [
            item.level.sku,
            item.level.title,
            item.level.place,
            f"{item.expected:,}",
            "–" if item.counted is None else f"{item.counted:,}",
            f"{item.difference:+,}" if item.difference else "",
            f"{item.to_send:,}" if item.to_send else "",
        ]
        for item in lines
    ]
    click.echo(table([t(f"commands.stock.heads.{name}") for name in heads], rows, left=3))


def _print_accuracy(report: Any) -> None:
    click.echo(
        t(
            "commands.stock.count.accuracy",
            lines=report.lines,
            lines_right=report.lines_right,
            pieces=report.pieces,
            pieces_right=report.pieces_right,
        )
    )
