"""`kilnboard kiln firing`: plan, load, fire, open and bill; `kilnboard kiln kilns`: the kilns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import click

from dashboard.commands.common.output import figure, say_json, table
from dashboard.commands.common.params import (
    DAY,
    MONEY,
    done,
    json_option,
    minor,
    note_option,
    on_option,
    opened,
)
from dashboard.i18n.messages import t


@click.group("firing", help=t("commands.kiln.firing.help"))
def firing_group() -> None:
    """Firings of the kilns."""


def bill_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a firing took: meter, money, wear, labour, temperature."""
    for name, kind in (
        ("energy-kwh", int),
        ("gas-litres", int),
        ("energy", MONEY),
        ("wear", MONEY),
        ("labour", MONEY),
        ("top-celsius", int),
    ):
        key = name.replace("-", "_")
        help_ = t(f"commands.kiln.firing.{key}")
        function = click.option(f"--{name}", key, type=kind, help=help_)(function)
    return function


def _bill(energy: Any, wear: Any, labour: Any, **rest: Any) -> Any:
    from shop.kiln.firings import Bill

    return Bill(energy_cents=minor(energy), wear_cents=minor(wear), labour_cents=minor(labour), **rest)


def _load(told: tuple[str, ...]) -> list[Any]:
    """What is to stand in a kiln: BATCH, BATCH:PIECES or BATCH:PIECES:PLACE."""
    from shop.kiln.firings import Load

    found = []
    for text in told:
        batch, _, rest = text.partition(":")
        pieces, _, place = rest.partition(":")
        if pieces and not pieces.isdecimal():
            raise click.UsageError(t("commands.kiln.bad_pieces", text=text))
        found.append(Load(batch, int(pieces) if pieces else None, place or None))
    return found


@firing_group.command("plan", help=t("commands.kiln.firing.plan"))
@click.argument("kiln")
@click.argument("stage", type=click.Choice(("bisque", "glaze_fired")))
@click.argument("on", type=DAY)
@click.argument("load", nargs=-1, metavar="[BATCH[:N[:PLACE]]]...")
@click.option("--id", "firing_id", metavar="ID", help=t("commands.kiln.firing.id"))
@click.option("--top-celsius", type=int, help=t("commands.kiln.firing.top_celsius"))
@click.option("--anyway", is_flag=True, help=t("commands.kiln.firing.anyway"))
@note_option
def plan(kiln: str, stage: str, on: date, load: tuple[str, ...], **given: Any) -> None:
    """A firing is planned for a day."""
    from shop.kiln.firings import plan_firing

    with opened() as (db, actor):
        found = plan_firing(db, kiln, stage, on, load=_load(load), actor=actor, **given)
        done("firing.planned", found.audit_id, firing=found.firing.firing_id, day=on.isoformat())


@firing_group.command("load", help=t("commands.kiln.firing.load"))
@click.argument("firing")
@click.argument("load", nargs=-1, required=True, metavar="BATCH[:N[:PLACE]]...")
@note_option
def load(firing: str, load: tuple[str, ...], note: str | None) -> None:
    """Put pieces into a kiln."""
    from shop.kiln.firings import load_firing

    with opened() as (db, actor):
        found = load_firing(db, firing, _load(load), note=note, actor=actor)
        done("firing.loaded", found.audit_id, firing=firing)


@firing_group.command("fire", help=t("commands.kiln.firing.fire"))
@click.argument("firing")
@on_option
@bill_options
def fire(firing: str, on: date | None, **bill: Any) -> None:
    """A kiln is lit."""
    from shop.kiln.firings import fire as light

    with opened() as (db, actor):
        found = light(db, firing, on=on, bill=_bill(**bill), actor=actor)
        done("firing.lit", found.audit_id, firing=firing, day=str(found.firing.fired_on))


@firing_group.command("open", help=t("commands.kiln.firing.open"))
@click.argument("firing")
@click.argument("lost", nargs=-1, metavar="[BATCH[@PLACE]:CAUSE=N]...")
@on_option
@bill_options
def open_(firing: str, lost: tuple[str, ...], on: date | None, **bill: Any) -> None:
    """A kiln is opened: what was lost of each batch."""
    from shop.kiln.board import load
    from shop.kiln.firings import record_opening

    with opened() as (db, actor):
        found = record_opening(db, firing, _came_out(lost), on=on, bill=_bill(**bill), actor=actor)
        opened_load = load(db, firing)
        done(
            "firing.opened",
            found.audit_id,
            firing=firing,
            out=opened_load.pieces - opened_load.lost,
            pieces=opened_load.pieces,
        )


def _came_out(told: tuple[str, ...]) -> list[Any]:
    from dashboard.commands.common.params import pieces_by
    from shop.kiln.firings import CameOut

    found = []
    for text in told:
        name, separator, cause = text.partition(":")
        batch, _, place = name.partition("@")
        if not separator:
            raise click.UsageError(t("commands.kiln.bad_pieces", text=text))
        found.append(CameOut(batch, pieces_by((cause,)), position=place or None))
    return found


@firing_group.command("bill", help=t("commands.kiln.firing.bill"))
@click.argument("firing")
@bill_options
def bill(firing: str, **given: Any) -> None:
    """The energy bill has come."""
    from shop.kiln.firings import bill_firing

    with opened() as (db, actor):
        found = bill_firing(db, firing, _bill(**given), actor=actor)
        done("firing.billed", found.audit_id, firing=firing)


@firing_group.command("cancel", help=t("commands.kiln.firing.cancel"))
@click.argument("firing")
def cancel(firing: str) -> None:
    """A firing is called off."""
    from shop.kiln.firings import cancel_firing

    with opened() as (db, actor):
        found = cancel_firing(db, firing, actor=actor)
        done("firing.cancelled", found.audit_id, firing=firing)


@firing_group.command("list", help=t("commands.kiln.firing.list"))
@click.option("--from", "first", type=DAY, help=t("commands.kiln.firing.first"))
@click.option("--to", "last", type=DAY, help=t("commands.kiln.firing.last"))
@json_option
def list_(first: date | None, last: date | None, as_json: bool) -> None:
    """The calendar of the kilns."""
    from shop.kiln.board import loads
    from shop.kiln.repository import firing_as_plain

    with opened() as (db, _):
        found = loads(db, first, last)
    if as_json:
        say_json(
            {
                "firings": [
                    {
                        **firing_as_plain(one.firing),
                        "opens_on": one.opens_on and one.opens_on.isoformat(),
                        "pieces": one.pieces,
                        "lost": one.lost,
                        "used_cm2": one.used_cm2,
                        "shelf_cm2": one.kiln.shelf_cm2,
                        "parts": [
                            {
                                "batch": p.batch_id,
                                "sku": p.sku,
                                "part": p.part,
                                "in": p.pieces_in,
                                "out": p.pieces_out,
                                "position": p.position,
                                "losses": dict(p.losses),
                            }
                            for p in one.parts
                        ],
                    }
                    for one in found
                ]
            }
        )
        return
    heads = [
        t(f"commands.kiln.heads.{name}")
        for name in ("firing", "kiln", "stage", "state", "day", "pieces", "lost", "fill", "cost")
    ]
    rows = [
        [
            one.firing.firing_id,
            one.kiln.name,
            t(f"kiln.stages.{one.firing.stage}"),
            t(f"kiln.states.{one.firing.status}"),
            str(one.firing.on or ""),
            str(one.pieces),
            str(one.lost),
            figure(one.fill, "rate"),
            figure(one.firing.cost_cents, "cents"),
        ]
        for one in found
    ]
    click.echo(table(heads, rows, left=5) if rows else t("commands.kiln.firing.none"))


@click.command("kilns", help=t("commands.kiln.kilns.help"))
@click.argument("kiln", required=False)
@click.option("--shelf", type=int, metavar="CM2", help=t("commands.kiln.kilns.shelf"))
@click.option("--name", metavar="TEXT", help=t("commands.kiln.kilns.name"))
@click.option(
    "--fuel",
    type=click.Choice(("electric", "gas", "wood", "other")),
    default="electric",
    help=t("commands.kiln.kilns.fuel"),
)
@click.option("--places", metavar="A,B,C", default="top,middle,bottom", help=t("commands.kiln.kilns.places"))
@click.option("--wear", type=MONEY, default=0, help=t("commands.kiln.kilns.wear"))
@json_option
def kilns_command(
    kiln: str | None,
    shelf: int | None,
    name: str | None,
    fuel: str,
    places: str,
    wear: Decimal,
    as_json: bool,
) -> None:
    """List the kilns; with an id and --shelf add or change one."""
    from shop.kiln.board import standing
    from shop.kiln.firings import add_kiln

    with opened() as (db, actor):
        if kiln:
            if shelf is None:
                raise click.UsageError(t("commands.kiln.kilns.shelf_wanted"))
            number = add_kiln(
                db,
                kiln,
                shelf_cm2=shelf,
                name=name,
                fuel=fuel,
                wear_cents=minor(wear) or 0,
                positions=places.split(","),
                actor=actor,
            )
            done("kilns.added", number, kiln=kiln)
            return
        found = standing(db).kilns
    if as_json:
        say_json({"kilns": [vars(one) for one in found]})
        return
    heads = [t(f"commands.kiln.heads.{name}") for name in ("kiln", "title", "fuel", "shelf", "places")]
    rows = [
        [k.kiln_id, k.name, t(f"kiln.fuels.{k.fuel}"), f"{k.shelf_cm2:,}", ", ".join(k.positions)]
        for k in found
    ]
    click.echo(table(heads, rows, left=3) if rows else t("commands.kiln.kilns.none"))
