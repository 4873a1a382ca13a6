"""The catalog as the product files of other shops' platforms: Shopify's template, Etsy's download shape.

The counterpart of etl/files/shopify_products.py and etsy_listings.py, in their words: what came from
such a file goes out as it came, with what was changed here since.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.files.etsy_listings import VARIATION
from shop.access.roles import OWNER, Actor
from shop.core.money import to_decimal
from shop.db.database import Database
from shop.export.spreadsheet import defused
from shop.listings.catalog_table import catalog_table, extras_of
from shop.metrics.tables import records

Row = Mapping[str, Any]
SHOPIFY = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Type",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Qty",
    "Variant Price",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "Status",
)
STATUS = {"live": "active", "paused": "active", "draft": "draft", "retired": "archived"}
ETSY = (
    "TITLE",
    "DESCRIPTION",
    "PRICE",
    "CURRENCY_CODE",
    "QUANTITY",
    "TAGS",
    "MATERIALS",
    *(f"IMAGE{number}" for number in range(1, 11)),
    *(f"VARIATION {number} {part.upper()}" for number in (1, 2) for part in VARIATION),
    "SKU",
)


def as_shopify(db: Database, *, actor: Actor = OWNER, shop_id: int = 1) -> bytes:
    """Every product with its variants as Shopify's product CSV, pictures on continuation rows."""
    rows: list[dict[str, str]] = []
    for code, variants in _by_product(db, "shopify", shop_id).items():
        rows += _shopify_product(code, variants, actor)
    further = dict.fromkeys(name for row in rows for name in row if name not in SHOPIFY)
    return _csv([*SHOPIFY, *further], rows)


def as_etsy(db: Database, *, actor: Actor = OWNER, shop_id: int = 1) -> bytes:
    """Every product with a price in the shape of Etsy's listing download, one row per listing."""
    rows = [
        _etsy_row(variants) for variants in _by_product(db, "etsy", shop_id).values() if variants[0]["sku"]
    ]
    further = dict.fromkeys(name for row in rows for name in row if name not in ETSY)
    before = ETSY.index("VARIATION 1 TYPE")  # readers know the variations by their place before SKU
    return _csv([*ETSY[:before], *further, *ETSY[before:]], rows)


def _by_product(db: Database, platform: str, shop_id: int) -> dict[str, list[dict[str, Any]]]:
    """The variants of each product in sight, each with its listing on the platform where it has one."""
    result: dict[str, dict[str, dict[str, Any]]] = {}
    for row in records(catalog_table(db, shop_id=shop_id)):
        if not row["product_title"] or row["product_archived"] or row["is_archived"]:
            continue
        of_product = result.setdefault(row["product_code"], {})
        known = of_product.get(row["sku"] or "")
        if known is None or (row["platform"] == platform and known["platform"] != platform):
            of_product[row["sku"] or ""] = row
    return {code: list(rows.values()) for code, rows in result.items()}


def money(cents: Any, currency: str | None) -> str:
    """An amount as product files write it."""
    if cents is None:
        return ""
    return str(to_decimal(int(cents), currency))


def _price(row: Row) -> str:
    wanted = next(
        (
            row[name]
            for name in ("wanted_price", "listing_price")
            if row["platform"] and row[name] is not None
        ),
        None,
    )
    if wanted is not None:
        return money(wanted, row["listing_currency"])
    return money(row["price"], row["currency"])


def _quantity(row: Row) -> str:
    """What may be sold now: our own stock where it is tracked, else the platform's figure."""
    if row["on_hand"] is not None:
        return str(max(row["on_hand"] - row["reserved"], 0))
    return "" if row["quantity"] is None else str(row["quantity"])


# --- Shopify --------------------------------------------------------------------------------------


def _shopify_product(code: str, variants: Sequence[Row], actor: Actor) -> Iterator[dict[str, str]]:
    first, extras = variants[0], extras_of(variants[0]["product_extras"])
    images = extras.pop("images", [])
    body = extras.pop("Body (HTML)", None) or first["description"] or ""
    published = extras.pop("Published", None)
    status = first["status"] or "draft"
    names: list[str] = []
    ordered = sorted(variants, key=lambda item: bool(extras_of(item["variant_extras"]).keys() & extras))
    for number, variant in enumerate(ordered):
        own = extras_of(variant["variant_extras"])
        options = own.pop("options", None) or {"Title": variant["variant_title"] or "Default Title"}
        grams = variant["weight_g"] or own.pop("grams", None) or ""
        sku_there = own.pop("SKU", None)
        row = {
            "Handle": code,
            "Variant SKU": sku_there or variant["sku"] or "",
            "Variant Price": _price(variant),
            "Variant Grams": str(grams),
            "Variant Inventory Qty": _quantity(variant),
        }
        if number == 0:
            names = list(options)
            row |= {
                "Title": first["product_title"],
                "Body (HTML)": body,
                "Type": first["family"] or "",
                "Status": STATUS[status],
                "Published": published or ("false" if status in ("paused", "draft") else "true"),
                **_texts(extras, actor),
            }
            row |= {f"Option{place} Name": name for place, name in enumerate(names, 1)}
        row |= {f"Option{place} Value": str(options.get(name) or "") for place, name in enumerate(names, 1)}
        row |= _texts(own, actor)
        if number < len(images):
            row |= _image(images[number])
        yield row
    for image in images[len(variants) :]:
        yield {"Handle": code, **_image(image)}


def _texts(extras: Mapping[str, Any], actor: Actor) -> dict[str, str]:
    """Extras as cells; what a piece cost stays with the owner."""
    may = actor.may("see_margins")
    return {name: str(value) for name, value in extras.items() if may or "cost" not in name.casefold()}


def _image(image: Mapping[str, str]) -> dict[str, str]:
    return {
        "Image Src": image.get("src", ""),
        "Image Position": image.get("position", ""),
        "Image Alt Text": image.get("alt", ""),
    }


# --- Etsy -----------------------------------------------------------------------------------------


def _etsy_row(variants: Sequence[Row]) -> dict[str, str]:
    first = variants[0]
    extras = extras_of(first["listing_extras"]) if first["platform"] == "etsy" else {}
    row = {
        "TITLE": (first["listing_title"] if first["platform"] == "etsy" else None) or first["product_title"],
        "DESCRIPTION": extras.get("description") or first["description"] or "",
        "PRICE": _price(first),
        "CURRENCY_CODE": first["listing_currency"] or first["currency"] or "",
        "QUANTITY": str(extras.get("quantity") or _quantity(first)),
        "TAGS": ",".join(extras.get("tags", [])),
        "MATERIALS": ",".join(extras.get("materials", [])),
        "SKU": str(extras["sku"]) if "sku" in extras else _own_skus(variants, extras),
    }
    row |= {f"IMAGE{place}": url for place, url in enumerate(extras.get("images", [])[:10], 1)}
    for number, variation in enumerate(extras.get("variations", [])[:2], 1):
        row |= {f"VARIATION {number} {part.upper()}": variation.get(part, "") for part in VARIATION}
    if not extras and len(variants) > 1:
        row["VARIATION 1 NAME"] = "Variant"
        row["VARIATION 1 VALUES"] = ",".join(item["variant_title"] or item["sku"] for item in variants)
    return row | {name: str(value) for name, value in extras.get("columns", {}).items()}


def _own_skus(variants: Sequence[Row], extras: Mapping[str, Any]) -> str:
    """Our SKUs; none where Etsy's file had none and the listing is known by its title."""
    return "" if extras else ",".join(item["sku"] for item in variants)


def _csv(headers: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([_cell(row.get(name)) for name in headers] for row in rows)
    return text.getvalue().encode("utf-8")


def _cell(text: str | None) -> str:
    """A cell that no spreadsheet runs; a number stays one, with its sign."""
    given = text or ""
    return given if re.fullmatch(r"-?\d+(\.\d+)?", given) else defused(given)
