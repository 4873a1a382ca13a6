"""`kilnboard kiln cost`, `floor`, `card` and `terms`: what a piece costs, and its least price."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import figure, print_json
from dashboard.commands.common.params import MONEY, PERCENT, done, json_option, minor, on_option, opened
from dashboard.i18n.messages import t
from dashboard.text.table import table
from shop.core.files import write_whole

PARTS = ("material", "kiln", "loss", "packing")


@click.command("cost", help=t("commands.kiln.cost.help"))
@click.argument("sku", required=False)
@click.option("--set", "typed", type=MONEY, help=t("commands.kiln.cost.set"))
@on_option
@json_option
def cost_command(sku: str | None, typed: Decimal | None, on: date | None, as_json: bool) -> None:
    """What a piece costs, of one SKU or of all; the owner's."""
    from shop.access.roles import require
    from shop.metrics.settings import today
    from shop.pricing.unit_costs import costs_of, set_unit_cost, valid_on, why_incomplete

    with opened() as (db, actor):
        require(actor, "see_margins")
        if typed is not None:
            if sku is None:
                raise click.UsageError(t("commands.kiln.cost.sku_wanted"))
            done("cost.typed", set_unit_cost(db, sku, minor(typed), on=on, actor=actor), sku=sku)
        with db.read() as connection:
            day = on or today(connection)
            known = costs_of(connection, skus=[sku] if sku else None)
        result = [item for costs in known.values() if (item := valid_on(costs, day))]
        missing = {item.sku: why_incomplete(db, item.sku, day) for item in result if not item.is_complete}
        if sku and not result:
            missing = {sku: why_incomplete(db, sku, day)}
    if as_json:
        print_json(
            {
                "on": day.isoformat(),
                "costs": [
                    {
                        **asdict(item),
                        "from_on": item.from_on.isoformat(),
                        "missing": [list(pair) for pair in missing.get(item.sku, ())],
                    }
                    for item in result
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
            item.sku,
            *(figure(getattr(item, f"{name}_cents"), "cents") for name in PARTS),
            figure(item.unit_cents, "cents") + ("" if item.is_complete else "*"),
            str(item.from_on),
        ]
        for item in result
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
    sku: str, platform: str, coupon: Decimal, commission: int | None, on: date | None, as_json: bool
) -> None:
    """The least price at which nothing is lost."""
    from shop.pricing.floor_prices import floor_price

    with opened() as (db, actor):
        result = floor_price(db, sku, platform, minor(coupon) or 0, commission, actor=actor, on=on)
    if as_json:
        values = {"terms" if key == "rates" else key: value for key, value in asdict(result).items()}
        print_json({**values, "cost": None if result.cost is None else result.cost.unit_cents})
        return
    if result.floor_cents is None:
        click.echo(t("commands.kiln.floor.unknown", sku=sku))
    else:
        key = "found" if result.is_complete else "at_least"
        click.echo(
            t(
                f"commands.kiln.floor.{key}",
                sku=sku,
                floor=figure(result.floor_cents, "cents"),
                friendly=figure(result.friendly_cents, "cents"),
            )
        )
    if result.missing:
        click.echo(t("commands.kiln.cost.missing", sku=sku, missing=_missing(result.missing)))


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
    coupon: Decimal,
    commission: int | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """The card for a live host."""
    from dashboard.reports import host_card
    from shop.pricing.host_card import card_lines

    with opened() as (db, actor):
        coupon_cents = minor(coupon) or 0
        lines = card_lines(db, skus, platform, coupon_cents, commission, actor=actor)
    if as_json:
        print_json(
            {
                "platform": platform,
                "coupon": coupon_cents,
                "commission_bp": commission,
                "lines": [
                    {
                        "sku": item.sku,
                        "title": item.title,
                        "price": item.price_cents,
                        "floor": item.floor.floor_cents,
                        "lowest": item.lowest.floor_cents,
                        "complete": item.lowest.is_complete,
                        "below": item.is_below,
                    }
                    for item in lines
                ],
            }
        )
    elif target:
        write_whole(target, host_card.page(lines, platform, coupon_cents, commission).encode())
        click.echo(t("commands.kiln.card.written", target=str(target)))
    else:
        click.echo(host_card.plain(lines, platform, coupon_cents, commission))


@click.command("terms", help=t("commands.kiln.terms.help"))
@click.argument("platform")
@click.option("--fee", "fee_bp", type=PERCENT, help=t("commands.kiln.terms.fee"))
@click.option("--commission", "commission_bp", type=PERCENT, help=t("commands.kiln.terms.commission"))
@click.option("--breakage", "breakage_bp", type=PERCENT, help=t("commands.kiln.terms.breakage"))
@click.option("--shipping", type=MONEY, help=t("commands.kiln.terms.shipping"))
@json_option
def rates_command(platform: str, shipping: Decimal | None, as_json: bool, **rates: Any) -> None:
    """The rates of a platform: show or set them."""
    from shop.pricing.floor_prices import platform_rates, set_platform_rates

    with opened() as (db, actor):
        if any(value is not None for value in (shipping, *rates.values())):
            number = set_platform_rates(db, platform, actor=actor, shipping_cents=minor(shipping), **rates)
            done("terms.typed", number, platform=platform)
        result = platform_rates(db, platform)
    if as_json:
        print_json(asdict(result))
        return
    shown = {
        name: figure(getattr(result, f"{name}_bp") / 10_000, "rate")
        for name in ("fee", "commission", "breakage")
    }
    click.echo(
        t(
            "commands.kiln.terms.told",
            platform=platform,
            **shown,
            shipping=figure(result.shipping_cents, "cents"),
        )
    )
