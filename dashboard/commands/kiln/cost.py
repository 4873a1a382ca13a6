"""`kilnboard kiln cost`, `floor`, `card` and `terms`: what a piece costs, and its least price."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import figure, say_json, table
from dashboard.commands.common.params import MONEY, PERCENT, done, json_option, on_option, opened
from dashboard.i18n.messages import t

PARTS = ("material", "kiln", "loss", "packing")


@click.command("cost", help=t("commands.kiln.cost.help"))
@click.argument("sku", required=False)
@click.option("--set", "typed", type=MONEY, help=t("commands.kiln.cost.set"))
@on_option
@json_option
def cost_command(sku: str | None, typed: int | None, on: date | None, as_json: bool) -> None:
    """What a piece costs, of one SKU or of all; the owner's."""
    from shop.access.roles import require
    from shop.metrics.settings import today
    from shop.pricing.unit_costs import costs_of, set_unit_cost, valid_on, why_incomplete

    with opened() as (db, actor):
        require(actor, "see_margins")
        if typed is not None:
            if sku is None:
                raise click.UsageError(t("commands.kiln.cost.sku_wanted"))
            done("cost.typed", set_unit_cost(db, sku, typed, on=on, actor=actor), sku=sku)
        with db.read() as connection:
            day = on or today(connection)
            known = costs_of(connection, skus=[sku] if sku else None)
        found = [one for costs in known.values() if (one := valid_on(costs, day))]
        missing = {one.sku: why_incomplete(db, one.sku, day) for one in found if not one.is_complete}
        if sku and not found:
            missing = {sku: why_incomplete(db, sku, day)}
    if as_json:
        say_json(
            {
                "on": day.isoformat(),
                "costs": [
                    {
                        **asdict(one),
                        "from_on": one.from_on.isoformat(),
                        "missing": [list(pair) for pair in missing.get(one.sku, ())],
                    }
                    for one in found
                ],
            }
        )
        return
    heads = [
        "SKU",
        *(t(f"kiln.parts.{name}") for name in PARTS),
        t("kiln.parts.unit"),
        t("commands.kiln.heads.since"),
    ]
    rows = [
        [
            one.sku,
            *(figure(getattr(one, f"{name}_cents"), "cents") for name in PARTS),
            figure(one.unit_cents, "cents") + ("" if one.is_complete else "*"),
            str(one.from_on),
        ]
        for one in found
    ]
    if rows:
        click.echo(table(heads, rows))
    for name, pairs in missing.items():
        click.echo(t("commands.kiln.cost.missing", sku=name, missing=_missing(pairs)))


def _missing(pairs: Any) -> str:
    between = t("kiln.between")
    return between.join(t(f"kiln.missing.{code}", name=name) for code, name in pairs)


@click.command("floor", help=t("commands.kiln.floor.help"))
@click.argument("sku")
@click.argument("platform")
@click.option("--coupon", type=MONEY, default=0, help=t("commands.kiln.floor.coupon"))
@click.option("--commission", type=PERCENT, help=t("commands.kiln.floor.commission"))
@on_option
@json_option
def floor_command(
    sku: str, platform: str, coupon: int, commission: int | None, on: date | None, as_json: bool
) -> None:
    """The least price at which nothing is lost."""
    from shop.pricing.floor_prices import floor_price

    with opened() as (db, actor):
        found = floor_price(db, sku, platform, coupon, commission, actor=actor, on=on)
    if as_json:
        say_json({**asdict(found), "cost": None if found.cost is None else found.cost.unit_cents})
        return
    if found.floor_cents is None:
        click.echo(t("commands.kiln.floor.unknown", sku=sku))
    else:
        key = "found" if found.is_complete else "at_least"
        click.echo(
            t(
                f"commands.kiln.floor.{key}",
                sku=sku,
                floor=figure(found.floor_cents, "cents"),
                friendly=figure(found.friendly_cents, "cents"),
            )
        )
    if found.missing:
        click.echo(t("commands.kiln.cost.missing", sku=sku, missing=_missing(found.missing)))


@click.command("card", help=t("commands.kiln.card.help"))
@click.argument("platform")
@click.argument("skus", nargs=-1, required=True)
@click.option("--coupon", type=MONEY, default=0, help=t("commands.kiln.floor.coupon"))
@click.option("--commission", type=PERCENT, help=t("commands.kiln.floor.commission"))
@click.option(
    "--html", "target", type=click.Path(path_type=Path, dir_okay=False), help=t("commands.kiln.card.html")
)
@json_option
def card_command(
    platform: str,
    skus: tuple[str, ...],
    coupon: int,
    commission: int | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """The card for a live host."""
    from dashboard.reports import host_card
    from shop.pricing.floor_prices import card

    with opened() as (db, actor):
        lines = card(db, skus, platform, coupon, commission, actor=actor)
    if as_json:
        say_json(
            {
                "platform": platform,
                "coupon": coupon,
                "commission_bp": commission,
                "lines": [
                    {
                        "sku": one.sku,
                        "title": one.title,
                        "price": one.price_cents,
                        "floor": one.floor.floor_cents,
                        "lowest": one.lowest.floor_cents,
                        "complete": one.lowest.is_complete,
                        "below": one.is_below,
                    }
                    for one in lines
                ],
            }
        )
    elif target:
        target.write_text(host_card.page(lines, platform, coupon, commission), "utf-8")
        click.echo(t("commands.kiln.card.written", target=str(target)))
    else:
        click.echo(host_card.plain(lines, platform, coupon, commission))


@click.command("terms", help=t("commands.kiln.terms.help"))
@click.argument("platform")
@click.option("--fee", "fee_bp", type=PERCENT, help=t("commands.kiln.terms.fee"))
@click.option("--commission", "commission_bp", type=PERCENT, help=t("commands.kiln.terms.commission"))
@click.option("--breakage", "breakage_bp", type=PERCENT, help=t("commands.kiln.terms.breakage"))
@click.option("--shipping", "shipping_cents", type=MONEY, help=t("commands.kiln.terms.shipping"))
@json_option
def terms_command(platform: str, as_json: bool, **given: Any) -> None:
    """What a platform keeps: show it, or say it."""
    from shop.pricing.floor_prices import set_terms, terms

    with opened() as (db, actor):
        if any(value is not None for value in given.values()):
            done("terms.typed", set_terms(db, platform, actor=actor, **given), platform=platform)
        found = terms(db, platform)
    if as_json:
        say_json(asdict(found))
        return
    rates = {
        name: figure(getattr(found, f"{name}_bp") / 10_000, "rate")
        for name in ("fee", "commission", "breakage")
    }
    click.echo(
        t(
            "commands.kiln.terms.told",
            platform=platform,
            **rates,
            shipping=figure(found.shipping_cents, "cents"),
        )
    )
