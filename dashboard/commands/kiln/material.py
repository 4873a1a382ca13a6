"""`kilnboard kiln material`: clay, glazes, boxes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.params import (
    AMOUNT,
    MONEY,
    done,
    json_option,
    minor,
    note_option,
    on_option,
    opened,
)
from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.table import table


@click.group("material", help=t("commands.kiln.material.help"))
def material_group() -> None:
    """Materials: what there is, what was bought, what a piece takes."""


@material_group.command("add", help=t("commands.kiln.material.add"))
@click.argument("material")
@click.option("--name", metavar="TEXT", help=t("commands.kiln.material.name"))
@click.option(
    "--kind",
    type=click.Choice(("clay", "glaze", "packing", "fuel", "other")),
    default="other",
    help=t("commands.kiln.material.kind"),
)
@click.option("--unit", default="kg", show_default=True, help=t("commands.kiln.material.unit"))
@click.option("--reorder-at", "reorder_point", type=AMOUNT, help=t("commands.kiln.material.reorder_at"))
@click.option("--order", "reorder_amount", type=AMOUNT, help=t("commands.kiln.material.order"))
@click.option("--supplier", metavar="NAME", help=t("commands.kiln.material.supplier"))
@click.option("--lead-days", type=int, help=t("commands.kiln.material.lead_days"))
@click.option(
    "--food-safe/--not-food-safe", "is_food_safe", default=None, help=t("commands.kiln.material.food_safe")
)
def add(material: str, **given: Any) -> None:
    """Add a material, or change one."""
    from shop.kiln.materials import add_material

    with opened() as (db, actor):
        done("material.added", add_material(db, material, actor=actor, **given), material=material)


@material_group.command("buy", help=t("commands.kiln.material.buy"))
@click.argument("material")
@click.argument("quantity", type=AMOUNT)
@click.argument("money", type=MONEY)
@on_option
@note_option
def buy(material: str, quantity: int, money: Decimal, on: date | None, note: str | None) -> None:
    """A purchase."""
    from shop.kiln import materials

    with opened() as (db, actor):
        number = materials.buy(db, material, quantity, minor(money) or 0, on=on, why=note, actor=actor)
        done("material.booked", movement=number, material=material)


@material_group.command("use", help=t("commands.kiln.material.use"))
@click.argument("sku")
@click.argument("material", required=False)
@click.argument("stage", required=False)
@click.argument("quantity", type=AMOUNT, required=False)
@click.option("--like", metavar="SKU", help=t("commands.kiln.material.like"))
@click.option(
    "--again",
    type=click.Choice(("new", "open", "all")),
    default="open",
    show_default=True,
    help=t("commands.kiln.material.again"),
)
@json_option
def use(
    sku: str,
    material: str | None,
    stage: str | None,
    quantity: int | None,
    like: str | None,
    again: Any,
    as_json: bool,
) -> None:
    """What one piece of a SKU takes: show or set it."""
    from shop.kiln.materials import copy_uses, set_uses, uses_of

    with opened() as (db, actor):
        if like:
            done("material.told", copy_uses(db, sku, like, again=again, actor=actor), sku=sku)
        elif material:
            if stage is None or quantity is None:
                raise click.UsageError(t("commands.kiln.material.use_wanted"))
            number = set_uses(db, sku, {(material, stage): quantity}, again=again, actor=actor)
            done("material.told", number, sku=sku)
        result = uses_of(db, sku)
    if as_json:
        keys = ("stage", "material", "name", "unit", "thousandths")
        print_json({"sku": sku, "uses": [dict(zip(keys, row, strict=True)) for row in result]})
        return
    rows = [[_stage(row[0]), row[2], f"{format.thousandths(row[4])} {row[3]}"] for row in result]
    heads = [t(f"commands.kiln.heads.{name}") for name in ("stage", "material", "a_piece")]
    click.echo(table(heads, rows, left=2))


def _stage(name: str) -> str:
    return t("kiln.packing") if name == "packing" else t(f"kiln.stages.{name}")


@material_group.command("count", help=t("commands.kiln.material.count"))
@click.argument("material")
@click.argument("quantity", type=AMOUNT)
@on_option
@note_option
def count(material: str, quantity: int, on: date | None, note: str | None) -> None:
    """Weighed or counted."""
    from shop.kiln import materials

    with opened() as (db, actor):
        number = materials.count(db, material, quantity, on=on, why=note, actor=actor)
        done("material.booked" if number else "material.as_booked", movement=number, material=material)


@material_group.command("waste", help=t("commands.kiln.material.waste"))
@click.argument("material")
@click.argument("quantity", type=AMOUNT)
@on_option
@note_option
def waste(material: str, quantity: int, on: date | None, note: str | None) -> None:
    """Thrown or given away."""
    from shop.kiln import materials

    with opened() as (db, actor):
        number = materials.waste(db, material, quantity, on=on, why=note, actor=actor)
        done("material.booked", movement=number, material=material)


@material_group.command("back", help=t("commands.kiln.material.back"))
@click.argument("movement", type=int)
def back(movement: int) -> None:
    """Undo a movement that was typed by mistake."""
    from shop.kiln.materials import undo_movement

    with opened() as (db, actor):
        undo_movement(db, movement, actor=actor)
        done("material.taken_back", movement=movement)


@material_group.command("list", help=t("commands.kiln.material.list"))
@json_option
def list_(as_json: bool) -> None:
    """What there is, how long it lasts, what to order."""
    from shop.kiln.material_levels import material_levels

    with opened() as (db, _):
        result = material_levels(db)
    if as_json:
        print_json(
            {
                "materials": [
                    {
                        **{
                            "found" if key == "overuses" else key: value
                            for key, value in asdict(item).items()
                        },
                        "on_hand": item.on_hand,
                        "cents_a_unit": item.cents_a_unit,
                        "days_left": item.days_left,
                        "order": item.order,
                    }
                    for item in result
                ]
            }
        )
        return
    heads = [
        t(f"commands.kiln.heads.{name}")
        for name in ("material", "title", "on_hand", "price", "days_left", "order")
    ]
    rows = [
        [
            m.material_id,
            m.name,
            f"{format.thousandths(m.on_hand)} {m.unit}",
            figure(m.cents_a_unit, "cents"),
            "" if m.days_left is None else str(m.days_left),
            f"{format.thousandths(m.order)} {m.unit}" if m.order else "",
        ]
        for m in result
    ]
    click.echo(table(heads, rows, left=2) if rows else t("commands.kiln.material.none"))
