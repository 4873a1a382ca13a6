"""`kilnboard listing photo`: the photos of a SKU."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import done, json_option, opened
from dashboard.i18n.messages import t


@click.group("photo", help=t("commands.listing.photo.help"))
def photo_group() -> None:
    """Photos of a SKU."""


@photo_group.command("add", help=t("commands.listing.photo.add"))
@click.argument("sku")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
def photo_add_command(sku: str, files: tuple[Path, ...]) -> None:
    """Put photos behind those that a SKU has."""
    from shop.catalog import photos

    with opened() as (db, actor):
        pictures = [photos.prepare(path.read_bytes(), path.name) for path in files]
        number = photos.add(db, "sku", sku, pictures, actor=actor)
    done("photos", number, sku=sku, count=len(pictures))


@photo_group.command("list", help=t("commands.listing.photo.list"))
@click.argument("sku")
@json_option
def photo_list_command(sku: str, as_json: bool) -> None:
    """The photos of a SKU in their order."""
    from shop.catalog import photos

    with opened() as (db, _):
        result = photos.of_owner(db, "sku", sku)
    if as_json:
        print_json(
            {
                "sku": sku,
                "photos": [
                    {"photo_id": item.photo_id, "width": item.width, "height": item.height} for item in result
                ],
            }
        )
        return
    for place, item in enumerate(result, 1):
        click.echo(f"{place}  {item.photo_id[:12]}  {item.width} x {item.height}")


@photo_group.command("remove", help=t("commands.listing.photo.remove"))
@click.argument("sku")
@click.argument("place", type=click.IntRange(1))
def photo_remove_command(sku: str, place: int) -> None:
    """Take a photo away; undo brings it back."""
    from shop.catalog import photos

    with opened() as (db, actor):
        result = photos.of_owner(db, "sku", sku)
        if place > len(result):
            raise photos.NoSuchPhoto(owner=sku)
        number = photos.remove(db, "sku", sku, result[place - 1].photo_id, actor=actor)
    done("photo_removed", number, sku=sku)
