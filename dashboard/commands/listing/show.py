"""`kilnboard listing list` and `show`: the catalog and one SKU of it."""

from __future__ import annotations

from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import json_option, opened
from dashboard.commands.listing.state import STATES, finding_contract, print_findings, readiness_of
from dashboard.i18n.messages import t
from dashboard.text.table import table
from shop.metrics.tables import records


@click.command("list", help=t("commands.listing.list.help"))
@click.argument("text", default="")
@click.option("--platform", metavar="NAME", default="", help=t("commands.listing.platform"))
@click.option("--status", type=click.Choice(STATES), default=None, help=t("commands.listing.list.status"))
@click.option(
    "--lacking",
    type=click.Choice(("measures", "photo")),
    default=None,
    help=t("commands.listing.list.lacking"),
)
@click.option("--archived", is_flag=True, help=t("commands.listing.list.archived"))
@json_option
def list_command(
    text: str, platform: str, status: str | None, lacking: str | None, archived: bool, as_json: bool
) -> None:
    """The catalog, a row for every listing and for what is not listed yet."""
    from dashboard.text import catalog
    from shop.listings.catalog_table import CatalogFilter
    from shop.listings.catalog_table import catalog_table as worksheet

    wanted = CatalogFilter(text, platform, status or "", lacking=lacking or "", archived=archived)
    with opened() as (db, _):
        rows = records(worksheet(db, wanted))
    if as_json:
        print_json({"rows": [_plain(row) for row in rows]})
        return
    heads = [
        catalog.label(name)
        for name in ("sku", "product_title", "platform", "listing_id", "status", "listing_price")
    ]
    cells = [
        [
            row["sku"] or "–",
            " ".join(filter(None, (row["product_title"] or row["listing_title"], row["variant_title"]))),
            catalog.platform(row["platform"]) if row["platform"] else "–",
            row["listing_id"] or "–",
            catalog.state(row["status"]) if row["status"] else "–",
            _price(row),
        ]
        for row in rows
    ]
    click.echo(table(heads, cells, left=5) if cells else t("listings.table.no_rows"))


def _price(row: Any) -> str:
    """The price that the shop wants of a row: of its listing, else of its variant."""
    from dashboard.text.catalog import money

    if row["platform"]:
        cents = row["wanted_price"] if row["wanted_price"] is not None else row["listing_price"]
        return "–" if cents is None else money(int(cents), row["listing_currency"])
    return "–" if row["price"] is None else money(int(row["price"]), row["currency"])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.endswith("_extras")}


@click.command("show", help=t("commands.listing.show.help"))
@click.argument("sku")
@json_option
def show_command(sku: str, as_json: bool) -> None:
    """Everything about one SKU: what is known, where it is offered, the findings of the checks."""
    from dashboard.text import catalog
    from shop.catalog import photos
    from shop.catalog.fields import FIELDS
    from shop.listings import details
    from shop.listings.catalog_table import catalog_table as worksheet
    from shop.listings.catalog_table import extras_of
    from shop.stock.ledger import UnknownSku

    with opened() as (db, actor):
        rows = [row for row in records(worksheet(db)) if row["sku"] == sku]
        if not rows:
            raise UnknownSku(sku=sku)
        offers = details.listings_of(db, sku)
        checks = {offer.platform: readiness_of(db, offer.platform, offer.listing_id) for offer in offers}
        pictures = len(photos.of_owner(db, "sku", sku))
        extras = {name: extras_of(rows[0][f"{name}_extras"]) for name in ("product", "variant")}
        if not actor.may("see_margins"):
            extras = {
                name: {key: value for key, value in result.items() if "cost" not in key.casefold()}
                for name, result in extras.items()
            }
    first = rows[0]
    if as_json:
        offered = [
            {
                "platform": item.platform,
                "listing_id": item.listing_id,
                "title": item.title,
                "status": item.status,
                "price": item.price_cents,
                "wanted_price": item.wanted_price_cents,
                "currency": item.currency,
                "quantity": item.quantity,
                "check": [finding_contract(result) for result in checks[item.platform]],
            }
            for item in offers
        ]
        print_json({**_plain(first), "photos": pictures, "listings": offered, "extras": extras})
        return
    for field in FIELDS:
        if field.table != "listing" and first[field.name] is not None:
            value = catalog.shown(field.name, first[field.name], first["currency"] or "")
            click.echo(f"{catalog.label(field.name)}: {value}")
    click.echo(f"{t('listings.one.photos')}: {pictures}")
    for offer in offers:
        click.echo(f"\n{catalog.platform(offer.platform)} {offer.listing_id} · {catalog.state(offer.status)}")
        print_findings(checks[offer.platform], offer.currency)
