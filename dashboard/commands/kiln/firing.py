"""`kilnboard kiln firing`: plan, load, fire, open and bill; `kilnboard kiln kilns`: the kilns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
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
from dashboard.text.table import table


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


def _load(report: tuple[str, ...]) -> list[Any]:
    """The load of a kiln: BATCH, BATCH:PIECES or BATCH:PIECES:PLACE; with a + after the batch for a further pass."""
    from shop.kiln.firings import LoadItem

    result = []
    for text in report:
        batch, _, rest = text.partition(":")
        pieces, _, place = rest.partition(":")
        if pieces and not pieces.isdecimal():
            raise click.UsageError(t("commands.kiln.bad_pieces", text=text))
        refire = True if batch.endswith("+") else None
        batch = batch.removesuffix("+")
        result.append(LoadItem(batch, int(pieces) if pieces else None, place or None, refire))
    return result


@firing_group.command("plan", help=t("commands.kiln.firing.plan"))
@click.argument("kiln")
@click.argument("stage", type=click.Choice(("bisque", "glaze_fired", "decor_fired")))
@click.argument("on", type=DAY)
@click.argument("load", nargs=-1, metavar="[BATCH[+][:N[:PLACE]]]...")
@click.option("--id", "firing_id", metavar="ID", help=t("commands.kiln.firing.id"))
@click.option("--top-celsius", type=int, help=t("commands.kiln.firing.top_celsius"))
@click.option("--anyway", is_flag=True, help=t("commands.kiln.firing.anyway"))
@note_option
def plan(kiln: str, stage: str, on: date, load: tuple[str, ...], **given: Any) -> None:
    """A firing is planned for a day."""
    from shop.kiln.firings import plan_firing

    with opened() as (db, actor):
        result = plan_firing(db, kiln, stage, on, load=_load(load), actor=actor, **given)
        done("firing.planned", result.audit_id, firing=result.firing.firing_id, day=on.isoformat())


@firing_group.command("load", help=t("commands.kiln.firing.load"))
@click.argument("firing")
@click.argument("load", nargs=-1, required=True, metavar="BATCH[+][:N[:PLACE]]...")
@note_option
def load(firing: str, load: tuple[str, ...], note: str | None) -> None:
    """Put pieces into a kiln."""
    from shop.kiln.firings import load_firing

    with opened() as (db, actor):
        result = load_firing(db, firing, _load(load), note=note, actor=actor)
        done("firing.loaded", result.audit_id, firing=firing)


@firing_group.command("fire", help=t("commands.kiln.firing.fire"))
@click.argument("firing")
@on_option
@bill_options
def fire(firing: str, on: date | None, **bill: Any) -> None:
    """A kiln is lit."""
    from shop.kiln.firings import fire as light

    with opened() as (db, actor):
        result = light(db, firing, on=on, bill=_bill(**bill), actor=actor)
        done("firing.lit", result.audit_id, firing=firing, day=str(result.firing.fired_on))


@firing_group.command("open", help=t("commands.kiln.firing.open"))
@click.argument("firing")
@click.argument("lost", nargs=-1, metavar="[BATCH[@PLACE]:CAUSE=N]...")
@on_option
@bill_options
def open_(firing: str, lost: tuple[str, ...], on: date | None, **bill: Any) -> None:
    """A kiln is opened: what was lost of each batch."""
    from shop.kiln.board import firing_load
    from shop.kiln.firings import record_opening

    with opened() as (db, actor):
        result = record_opening(db, firing, _came_out(lost), on=on, bill=_bill(**bill), actor=actor)
        opened_load = firing_load(db, firing)
        done(
            "firing.opened",
            result.audit_id,
            firing=firing,
            out=opened_load.pieces - opened_load.lost - opened_load.again,
            pieces=opened_load.pieces,
        )


def _came_out(report: tuple[str, ...]) -> list[Any]:
    from dashboard.commands.common.params import pieces_by
    from shop.kiln.firings import OpeningResult

    result = []
    for text in report:
        name, separator, residual = text.partition(":")
        batch, _, place = name.partition("@")
        if not separator:
            raise click.UsageError(t("commands.kiln.bad_pieces", text=text))
        result.append(OpeningResult(batch, pieces_by((residual,)), position=place or None))
    return result


@firing_group.command("bill", help=t("commands.kiln.firing.bill"))
@click.argument("firing")
@bill_options
def bill(firing: str, **given: Any) -> None:
    """The energy bill has come."""
    from shop.kiln.firings import bill_firing

    with opened() as (db, actor):
        result = bill_firing(db, firing, _bill(**given), actor=actor)
        done("firing.billed", result.audit_id, firing=firing)


@firing_group.command("cancel", help=t("commands.kiln.firing.cancel"))
@click.argument("firing")
def cancel(firing: str) -> None:
    """A firing is called off."""
    from shop.kiln.firings import cancel_firing

    with opened() as (db, actor):
        result = cancel_firing(db, firing, actor=actor)
        done("firing.cancelled", result.audit_id, firing=firing)


@firing_group.command("list", help=t("commands.kiln.firing.list"))
@click.option("--from", "first", type=DAY, help=t("commands.kiln.firing.first"))
@click.option("--to", "last", type=DAY, help=t("commands.kiln.firing.last"))
@json_option
def list_(first: date | None, last: date | None, as_json: bool) -> None:
    """The calendar of the kilns."""
    from shop.kiln.board import firing_loads
    from shop.kiln.repository import firing_to_dict

    with opened() as (db, actor):
        result = firing_loads(db, first, last)
    may_see_costs = actor.may("see_margins")
    if as_json:
        print_json(
            {
                "firings": [
                    {
                        **firing_to_dict(item.firing),
                        "opens_on": item.opens_on and item.opens_on.isoformat(),
                        "pieces": item.pieces,
                        "lost": item.lost,
                        "again": item.again,
                        "used_cm2": item.used_cm2,
                        "shelf_cm2": item.kiln.shelf_cm2,
                        "parts": [
                            {
                                "batch": p.batch_id,
                                "sku": p.sku,
                                "part": p.part,
                                "in": p.pieces_in,
                                "out": p.pieces_out,
                                "position": p.position,
                                "pass": p.pass_number,
                                "again": p.again,
                                "losses": dict(p.losses),
                            }
                            for p in item.parts
                        ],
                    }
                    for item in result
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
            item.firing.firing_id,
            item.kiln.name,
            t(f"kiln.stages.{item.firing.stage}"),
            t(f"kiln.states.{item.firing.status}"),
            str(item.firing.on or ""),
            str(item.pieces),
            str(item.lost),
            figure(item.fill, "rate"),
            figure(item.firing.cost_cents if may_see_costs else None, "cents"),
        ]
        for item in result
    ]
    click.echo(table(heads, rows, left=5) if rows else t("commands.kiln.firing.none"))


@click.command("kilns", help=t("commands.kiln.kilns.help"))
@click.argument("kiln", required=False)
@click.option("--shelf", "area", type=int, metavar="CM2", help=t("commands.kiln.kilns.shelf"))
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
    kiln: str | None, area: int | None, name: str | None, fuel: str, places: str, wear: Decimal, as_json: bool
) -> None:
    """List the kilns; with an id and `--shelf` add or change one."""
    from shop.kiln.board import kiln_status as status
    from shop.kiln.firings import add_kiln

    with opened() as (db, actor):
        if kiln:
            if area is None:
                raise click.UsageError(t("commands.kiln.kilns.shelf_wanted"))
            number = add_kiln(
                db,
                kiln,
                shelf_cm2=area,
                name=name,
                fuel=fuel,
                wear_cents=minor(wear) or 0,
                positions=places.split(","),
                actor=actor,
            )
            done("kilns.added", number, kiln=kiln)
            return
        result = status(db).kilns
    if as_json:
        print_json({"kilns": [vars(item) for item in result]})
        return
    heads = [t(f"commands.kiln.heads.{name}") for name in ("kiln", "title", "fuel", "shelf", "places")]
    rows = [
        [k.kiln_id, k.name, t(f"kiln.fuels.{k.fuel}"), f"{k.shelf_cm2:,}", ", ".join(k.positions)]
        for k in result
    ]
    click.echo(table(heads, rows, left=3) if rows else t("commands.kiln.kilns.none"))
