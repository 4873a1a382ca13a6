"""`kilnboard listing add`: a product, a variant or numbered pieces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.session import done, json_option, opened
from dashboard.i18n.messages import t

if TYPE_CHECKING:
    from shop.db.database import Database

POLICIES = ("stocked", "made_to_order", "one_of_a_kind")


@click.command("add", help=t("commands.listing.add.help"))
@click.argument("title", default="")
@click.option("--to", "code", metavar="CODE", help=t("commands.listing.add.to"))
@click.option("--form", metavar="TEXT", help=t("commands.listing.add.form"))
@click.option("--glaze", metavar="TEXT", help=t("commands.listing.add.glaze"))
@click.option("--clay", metavar="TEXT", help=t("commands.listing.add.clay"))
@click.option("--family", metavar="TEXT", help=t("commands.listing.add.family"))
@click.option("--food-safe/--not-food-safe", default=None, help=t("commands.listing.add.food_safe"))
@click.option("--sku", metavar="SKU", help=t("commands.listing.add.sku"))
@click.option("--variant", metavar="TEXT", help=t("commands.listing.add.variant"))
@click.option("--price", metavar="MONEY", help=t("commands.listing.add.price"))
@click.option("--currency", metavar="ISO", help=t("commands.listing.add.currency"))
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="stocked",
    show_default=True,
    help=t("commands.listing.add.policy"),
)
@click.option("--lead-days", type=int, metavar="N", help=t("commands.listing.add.lead_days"))
@click.option("--height", type=int, metavar="MM", help=t("commands.listing.add.height"))
@click.option("--width", type=int, metavar="MM", help=t("commands.listing.add.width"))
@click.option("--volume", type=int, metavar="ML", help=t("commands.listing.add.volume"))
@click.option("--weight", type=int, metavar="G", help=t("commands.listing.add.weight"))
@click.option("--shelf", type=int, metavar="CM2", help=t("commands.listing.add.shelf"))
@click.option("--place", metavar="TEXT", help=t("commands.listing.add.place"))
@click.option("--parts", metavar="SKU*N;SKU", help=t("commands.listing.add.parts"))
@click.option("--on", "platforms", multiple=True, metavar="PLATFORM", help=t("commands.listing.add.on"))
@click.option(
    "--photo",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help=t("commands.listing.add.photo"),
)
@click.option(
    "--pieces", type=click.IntRange(0), default=0, metavar="N", help=t("commands.listing.add.pieces")
)
@json_option
def add_command(
    title: str,
    code: str | None,
    files: tuple[Path, ...],
    platforms: tuple[str, ...],
    pieces: int,
    as_json: bool,
    **typed: Any,
) -> None:
    """A new product with its variant, photos, drafts and pieces, in one go."""
    from shop.catalog import photos
    from shop.listings import new_item

    with opened() as (db, actor):
        pictures = [photos.prepare(path.read_bytes(), path.name) for path in files]
        entry = _entry(db, title, code, typed, pictures, platforms, pieces)
        result = new_item.add_item(db, entry, actor=actor)
    done("added", result.audit_id, as_json=as_json, sku=result.sku, product=result.product_code)


def _entry(
    db: Database,
    title: str,
    code: str | None,
    typed: dict[str, Any],
    pictures: list[Any],
    platforms: tuple[str, ...],
    pieces: int,
) -> Any:
    from shop.catalog.fields import price_of
    from shop.catalog.pieces import PieceFields
    from shop.catalog.products import ProductFields, VariantFields
    from shop.listings import details
    from shop.listings.new_item import NamelessItem, NewItem

    name = title or " ".join(filter(None, (typed["glaze"], typed["form"])))
    if not name and not code:
        raise NamelessItem()
    currency = typed["currency"] or details.currency(db)
    shared = {
        "sku": typed["sku"],
        "price_cents": price_of(typed["price"], currency),
        "currency": currency,
        "height_mm": typed["height"],
        "width_mm": typed["width"],
        "volume_ml": typed["volume"],
        "weight_g": typed["weight"],
        "shelf_cm2": typed["shelf"],
        "place": typed["place"],
    }
    unique = typed["policy"] == "one_of_a_kind"
    product = (
        None
        if code
        else ProductFields(
            name,
            typed["family"],
            typed["form"],
            typed["glaze"],
            typed["clay"],
            is_food_safe=typed["food_safe"],
        )
    )
    variant = (
        None
        if unique
        else VariantFields(
            title=typed["variant"],
            stock_policy=typed["policy"],
            lead_days=typed["lead_days"],
            parts=typed["parts"],
            **shared,
        )
    )
    piece = PieceFields(note=typed["variant"], **shared) if unique else None
    return NewItem(product, code, variant, piece, pictures, platforms, on_hand=pieces)
