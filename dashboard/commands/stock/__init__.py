"""`kilnboard stock`: what the Stock page does, for scripts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import json_option, opened
from dashboard.commands.stock.contract import FROM_NOW, booked, contract, moment
from dashboard.commands.stock.count import count_group, set_command
from dashboard.commands.stock.orders import oversold_command, receive_command, returns_command, settle_command
from dashboard.commands.stock.push import margin_command, push_command
from dashboard.i18n.messages import t
from dashboard.text.table import table

REASONS = ("made", "sold", "returned", "broken")


@click.group("stock", help=t("commands.stock.help"))
@click.option("--as", "name", metavar="NAME", help=t("commands.kiln.as_"))
def stock_command(name: str | None) -> None:
    """The stock: its ledger, counts, reservations, what was sold twice, and the quantities sent to platforms."""
    if name:
        from dashboard.ui.actor import USER

        os.environ[USER] = name


for command in (
    set_command,
    count_group,
    oversold_command,
    settle_command,
    returns_command,
    receive_command,
    push_command,
    margin_command,
):
    stock_command.add_command(command)


@stock_command.command("list", help=t("commands.stock.list"))
@click.argument("words", nargs=-1)
@click.option("--place", metavar="PLACE", help=t("commands.stock.place"))
@click.option(
    "--show",
    type=click.Choice(("all", "low", "out", "short", "held", "uncounted", "gone")),
    default="all",
    show_default=True,
    help=t("commands.stock.show_which"),
)
@json_option
def list_(words: tuple[str, ...], place: str | None, show: Any, as_json: bool) -> None:
    """What is in stock."""
    from shop.stock import levels

    with opened() as (db, _):
        result = levels.page(db, levels.LevelFilter(" ".join(words), place, show, "place"), 1, 1 << 30)
        status = levels.summary(db)
    if as_json:
        rows = [{**contract(asdict(item), reserved="held"), "free": item.free} for item in result.rows]
        print_json(
            {"skus": rows, "standing": contract(asdict(status), reserved="held", reservations="holds")}
        )
        return
    if not result.rows:
        click.echo(t("commands.stock.nothing"))
        return
    heads = ("sku", "title", "place", "on_hand", "held", "free", "short", "mark")
    click.echo(
        table(
            [t(f"commands.stock.heads.{name}") for name in heads],
            [_row(item) for item in result.rows],
            left=3,
        )
    )
    click.echo(t("commands.stock.standing", **asdict(status)))


def _row(item: Any) -> list[str]:
    mark = t(f"commands.stock.marks.{item.mark}") if item.mark else ""
    figures = (item.on_hand, item.reserved or None, item.free, item.short or None)
    return [item.sku, item.title, item.place, *("–" if n is None else f"{n:,}" for n in figures), mark]


@stock_command.command("show", help=t("commands.stock.show"))
@click.argument("sku")
@click.option("--limit", default=50, show_default=True, help=t("commands.stock.limit"))
@json_option
def show_(sku: str, limit: int, as_json: bool) -> None:
    """The ledger of one SKU."""
    from shop.stock import history, levels
    from shop.stock.ledger import UnknownSku

    with opened() as (db, _):
        rows = levels.stock_levels(db, skus=[sku])
        result = history.movements(db, sku, limit=limit)
    if not rows and not result:
        raise UnknownSku(sku=sku)
    if as_json:
        now = {**contract(asdict(rows[0]), reserved="held"), "free": rows[0].free} if rows else None
        history_rows = [
            contract(asdict(item), booked_at="moved_at", reservation_id="hold_id") for item in result
        ]
        print_json({"sku": sku, "stock": now, "movements": history_rows})
        return
    heads = ("number", "when", "reason", "pieces", "held", "after", "who", "why")
    click.echo(
        table(
            [t(f"commands.stock.heads.{name}") for name in heads],
            [_movement(item) for item in result],
            left=3,
        )
    )


def _movement(item: Any) -> list[str]:
    why = item.note or ""
    if item.order_id:
        known = t(f"commands.stock.notes.{why}") if why in NOTES else why
        why = f"{item.platform} {item.order_id} {known}".strip()
    signed = [f"{pieces:+,}" if pieces else "" for pieces in (item.on_hand, item.reserved)]
    undone = " ↩" if item.is_undone else ""
    return [
        str(item.movement_id),
        moment(item.booked_at),
        t(f"commands.stock.reasons.{item.reason}") + undone,
        *signed,
        f"{item.after:,}",
        item.actor,
        why,
    ]


NOTES = ("cancelled", "rematched", "reassigned", "served", "counted_out", "uncounted")


@stock_command.command("move", help=t("commands.stock.move"))
@click.argument("reason", type=click.Choice(REASONS))
@click.argument("sku")
@click.argument("pieces", type=int, default=1)
@click.option("--note", metavar="TEXT", help=t("commands.stock.note"))
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help=t("commands.stock.at"))
@click.option("--key", metavar="KEY", help=t("commands.stock.key"))
@json_option
def move_(
    reason: Any, sku: str, pieces: int, note: str | None, at: datetime | None, key: str | None, as_json: bool
) -> None:
    """Book pieces by hand."""
    from dashboard.commands.stock.contract import on_our_clock
    from shop.stock import adjustments

    with opened() as (db, actor):
        number = adjustments.record(
            db, reason, sku, pieces, actor=actor, why=note, at=on_our_clock(db, at), key=key
        )
        booked(db, sku, as_json, movements=[number])


@stock_command.command("hold", help=t("commands.stock.hold"))
@click.argument("sku")
@click.argument("pieces", type=int, default=1)
@click.option(
    "--for", "lasts", type=FROM_NOW, default="3h", show_default=True, help=t("commands.stock.lasts")
)
@click.option("--platform", metavar="PLATFORM", help=t("commands.stock.hold_platform"))
@click.option("--session", metavar="ID", help=t("commands.stock.hold_session"))
@click.option("--note", metavar="TEXT", help=t("commands.stock.note"))
@json_option
def reserve_(
    sku: str,
    pieces: int,
    lasts: int,
    platform: str | None,
    session: str | None,
    note: str | None,
    as_json: bool,
) -> None:
    """Reserve pieces until a moment."""
    from shop.stock import reservations

    with opened() as (db, actor):
        until = datetime.now(UTC) + timedelta(seconds=lasts)
        number = reservations.reserve(
            db, sku, pieces, until=until, platform=platform, session_id=session, note_text=note, actor=actor
        )
        booked(db, sku, as_json, hold_id=number)


PUBLISHED = {
    "reservation_id": "hold_id",
    "remaining": "kept",
    "created_at": "made_at",
    "created_by": "made_by",
}


@stock_command.command("holds", help=t("commands.stock.holds"))
@json_option
def reservations_(as_json: bool) -> None:
    """The open reservations."""
    from shop.stock import history

    with opened() as (db, _):
        result = history.open_reservations(db)
    if as_json:
        print_json({"holds": [contract(asdict(item), **PUBLISHED) for item in result]})
        return
    if not result:
        click.echo(t("commands.stock.no_holds"))
        return
    rows = [
        [
            str(item.reservation_id),
            item.sku,
            item.title,
            f"{item.remaining}/{item.quantity}",
            item.platform or "–",
            moment(item.expires_at),
            item.created_by,
            item.note or "",
        ]
        for item in result
    ]
    heads = ("hold", "sku", "title", "kept", "platform", "until", "who", "why")
    click.echo(table([t(f"commands.stock.heads.{name}") for name in heads], rows, left=3))


@stock_command.command("release", help=t("commands.stock.release"))
@click.argument("number", metavar="HOLD", type=int)
def release_(number: int) -> None:
    """End a reservation before its time."""
    from shop.stock import reservations

    with opened() as (db, actor):
        reservations.release(db, number, actor=actor)
    click.echo(t("commands.stock.released", hold=number))


@stock_command.command("extend", help=t("commands.stock.extend"))
@click.argument("number", metavar="HOLD", type=int)
@click.option(
    "--for", "lasts", type=FROM_NOW, default="3h", show_default=True, help=t("commands.stock.lasts")
)
def extend_(number: int, lasts: int) -> None:
    """Extend a reservation until another moment."""
    from shop.stock import reservations

    until = datetime.now(UTC) + timedelta(seconds=lasts)
    with opened() as (db, actor):
        reservations.extend(db, number, until, actor=actor)
    click.echo(t("commands.stock.extended", hold=number, until=moment(until)))


@stock_command.command("presale", help=t("commands.stock.presale"))
@click.argument("sku")
@click.argument("pieces", type=int)
def presale_(sku: str, pieces: int) -> None:
    """Allow pieces to be sold before they are there."""
    from shop.stock import adjustments

    with opened() as (db, actor):
        adjustments.set_presale(db, sku, pieces, actor=actor)
    click.echo(t("commands.stock.presold", sku=sku, pieces=pieces))


@stock_command.command("history", help=t("commands.stock.history"))
@click.option("--limit", default=20, show_default=True, help=t("commands.stock.limit"))
@json_option
def history_(limit: int, as_json: bool) -> None:
    """What was done last, with the number that takes it back."""
    from shop.access import audit
    from shop.undo import stock

    with opened() as (db, _):
        result = audit.recent(db, actions=stock.ACTIONS, limit=limit)
    if as_json:
        print_json({"changes": [contract(asdict(item), action="verb") for item in result]})
        return
    heads = [t(f"commands.stock.heads.{name}") for name in ("number", "when", "who", "what", "back")]
    click.echo(table(heads, [_change(item) for item in result], left=4))


def _change(item: Any) -> Sequence[str]:
    back = "–" if item.undone_by is None else item.undone_by
    mark = t("commands.stock.can_undo") if item.can_undo else back
    return [str(item.audit_id), moment(item.done_at), item.actor, f"{item.action} {item.subject}", mark]


@stock_command.command("undo", help=t("commands.stock.undo"))
@click.argument("number", type=int)
def undo_(number: int) -> None:
    """Undo what was done under a number."""
    from shop.undo import stock

    with opened() as (db, actor):
        stock.undo(db, number, actor=actor)
    click.echo(t("commands.stock.undone", number=number))


@stock_command.command("follow", help=t("commands.stock.follow"))
def follow_() -> None:
    """Let the stock follow all orders again."""
    from shop.stock.consistency import follow_all

    with opened() as (db, _):
        changed = follow_all(db)
    click.echo(t("commands.stock.followed", changed=changed))
