"""Shopify product file (export, and both templates): one row per variant, continued by handle.

Title, text and all that is about the product stand on its first row only; rows with nothing but a
handle and a picture continue it. Columns that have no place of ours are stored: those of the product
with the product, those of a variant with the variant. The file names no currency: it is the shop's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, Values
from etl.files.offers import (
    EXTRA,
    OfferRows,
    Once,
    as_json,
    decimal_of,
    extras_at,
    fields_of,
    has_long_key,
    note_saved_at,
    plain,
    widen,
)
from etl.files.rows import Rows
from etl.tables.amounts import amount
from etl.tables.base import Chunk
from etl.tables.date_order import scan
from shop.orders.batch import MISSING

NAME = "shopify_products"
PLATFORM = "shopify"
VERSION = 2
PRIORITY = 100
FORBIDDEN = re.compile(  # what an order has and a product has not
    r"^(?:order|orderid|ordernumber|financialstatus|fulfillmentstatus|paidat|lineitem.*|buyer.*|email|"
    r"billing.*|shippingname|saledate|customer|订单.*|买家.*)$"
)
HEADERS = {  # older template and export; newer template
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "price": ("Variant Price", "Price"),
    "body": ("Body (HTML)", "Body HTML", "Description"),
    "type": ("Type",),
    "option_1_name": ("Option1 Name",),
    "option_1": ("Option1 Value",),
    "option_2_name": ("Option2 Name",),
    "option_2": ("Option2 Value",),
    "option_3_name": ("Option3 Name",),
    "option_3": ("Option3 Value",),
    "sku": ("Variant SKU", "SKU"),
    "grams": ("Variant Grams", "Weight value (grams)"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity", "Variant Inventory Quantity"),
    "status": ("Status",),
    "published": ("Published", "Published on online store"),
    "image": ("Image Src", "Product image URL"),
    "image_position": ("Image Position",),
    "image_alt": ("Image Alt Text",),
}
FIELDS = fields_of(HEADERS, ("handle", "title", "price"))
STATUS = {"active": "live", "draft": "draft", "archived": "retired", "unlisted": "paused"}
OF_VARIANT = frozenset(
    {  # columns about a variant that its later rows fill, by their lower-case names
        "barcode",
        "compare-at price",
        "cost per item",
        "charge tax",
        "tax code",
        "inventory tracker",
        "continue selling when out of stock",
        "weight unit for display",
        "requires shipping",
        "fulfillment service",
        "variant image url",
        "unit price total measure",
        "unit price total measure unit",
        "unit price base measure",
        "unit price base measure unit",
        "option1 linked to",
        "option2 linked to",
        "option3 linked to",
    }
)
OPTIONS = (1, 2, 3)
PRODUCT_CELLS = "told"  # what a row that is rejected stores of its product (JSON)


@dataclass
class ProductRows:
    """What a file has on one product, on whichever of its rows."""

    title: str | None = None
    body: str | None = None
    type: str | None = None
    status: str | None = None
    published: str | None = None
    options: dict[int, str] = field(default_factory=dict)
    images: list[dict[str, str]] = field(default_factory=list)
    extras: dict[str, str] = field(default_factory=dict)


def prepare(result: Recognised, context: Context) -> None:
    """Read all columns, and collect the values of each product's rows."""
    widen(result)
    note_saved_at(result, context)
    value: dict[str, ProductRows] = {}
    seen: set[int] = set()
    prices: list[str | None] = []
    for chunk in scan(result.table, result.header, result.places, tuple(result.places)):
        prices += chunk.columns["price"].to_pylist()
        for row, cells in _cells(chunk):
            if row not in seen:
                seen.add(row)
                _gather(value, cells)
    context.settings["decimal"] = decimal_of(prices)
    context.settings["products"] = value


def _cells(chunk: Chunk) -> Iterator[tuple[int, dict[str, str]]]:
    columns = {name: cells.to_pylist() for name, cells in chunk.columns.items()}
    for place, row in enumerate(chunk.rows.tolist()):
        yield row, {name: values[place] for name, values in columns.items() if values[place]}


def _gather(value: dict[str, ProductRows], cells: dict[str, str]) -> None:
    """Add what one row has on its product."""
    code = code_of(cells)
    if code is None:
        return
    item = value.setdefault(code, ProductRows())
    for name in ("title", "body", "type", "status", "published"):
        if getattr(item, name) is None:
            setattr(item, name, cells.get(name))
    for number in OPTIONS:
        if option := cells.get(f"option_{number}_name"):
            item.options.setdefault(number, option)
    picture = {
        key: cells[name]
        for key, name in (("src", "image"), ("position", "image_position"), ("alt", "image_alt"))
        if name in cells
    }
    if picture:
        item.images.append(picture)
    if "title" in cells:
        for name, text in cells.items():
            if name.startswith(EXTRA) and not is_of_variant(name.removeprefix(EXTRA)):
                item.extras.setdefault(name.removeprefix(EXTRA), text)


def code_of(cells: dict[str, Any]) -> str | None:
    """The handle of a row's product; the title where a new product has no handle yet."""
    result = cells.get("handle") or cells.get("title")
    return None if result is None else str(result)


def is_of_variant(header: str) -> bool:
    """Whether a column is about a variant rather than its product."""
    lower = header.casefold()
    return lower.startswith(("variant ", "price / ", "compare at price / ")) or lower in OF_VARIANT


# --- the rows ------------------------------------------------------------------------------------

MARKS = ("price", "sku", "quantity", "option_1", "option_2", "option_3")  # what makes a row a variant


def parse(rows: Rows, context: Context) -> Parsed:
    """Products, variants and listings; rows with pictures only are no variants."""
    columns = {name: rows.cells(name).to_pylist() for name in HEADERS}
    shared: dict[str, ProductRows] = context.settings.get("products") or _stored_products(rows)
    _skip_pictures(rows, columns)
    price, quantity = _price(rows, context, columns["price"]), rows.whole("quantity")
    currency = str(rows.setting(context, "currency", context.currency))
    result = OfferRows(PLATFORM, int(rows.setting(context, "saved_at", 0)))
    once, skus, ids = Once(context, "products"), Once(context, "skus"), Once(context, "ids")
    status = _statuses(rows, columns, shared)
    for place in np.flatnonzero(rows.accepted()).tolist():
        cells = {name: values[place] for name, values in columns.items()}
        code = code_of(cells)
        value = shared.get(code or "")
        if code is None or value is None or value.title is None:
            rows.refuse([place], "title", "Missing")
            continue
        if has_long_key(rows, place, "sku", code, cells["sku"] or ""):
            continue
        row = int(rows.numbers[place])
        if once.first(code):
            _put_product(result, row, code, value)
        spec = " / ".join(cells[f"option_{n}"] for n in OPTIONS if _is_option(cells[f"option_{n}"]))
        sku = _sku(cells["sku"], code, spec, skus)
        if has_long_key(rows, place, "option_1", sku):
            continue
        cents = None if price[place] == MISSING else int(price[place])
        grams = cells["grams"] if (cells["grams"] or "").isdigit() else None
        extras = _of_variant(rows, place, cells, value)
        result.put(
            "variant",
            row,
            sku=sku,
            product_code=code,
            title=spec or None,
            price_cents=cents,
            currency=currency,
            weight_g=int(grams or 0) or None,
            extras=extras,
        )
        result.put(
            "listing",
            row,
            listing_id=ids(sku),
            sku=sku,
            product_id=code,
            title=value.title,
            spec=spec or None,
            status=status[place],
            price_cents=cents,
            currency=currency,
            quantity=None if quantity[place] == MISSING else int(quantity[place]),
        )
    _store_products(rows, columns, shared)
    return Parsed(rows, result.batches())


def _skip_pictures(rows: Rows, columns: dict[str, list[str | None]]) -> None:
    """Rows with a handle and nothing of a variant: their pictures are the product's."""
    bare = [
        not title and not any(columns[name][place] for name in MARKS)
        for place, title in enumerate(columns["title"])
    ]
    rows.skip_where(np.array(bare, bool))


def _price(rows: Rows, context: Context, cells: list[str | None]) -> Values:
    """The price of each row, MISSING where none is known yet."""
    decimal = str(rows.setting(context, "decimal", "."))
    currency = str(rows.setting(context, "currency", context.currency))
    price = np.full(len(rows), MISSING, np.int64)
    for place, cell in enumerate(cells):
        if cell is None:
            continue
        try:
            price[place] = amount(cell, currency, decimal=decimal)
        except (ValueError, OverflowError):
            rows.refuse([place], "price", "BadMoney", found=cell[:80])
    rows.refuse_where((price < 0) & (price != MISSING), "price", "Negative")
    return price


def _statuses(rows: Rows, columns: dict[str, list[str | None]], shared: dict[str, ProductRows]) -> list[str]:
    """The state of each row's listing: the product's status, paused while it is not published."""
    result = []
    for place in range(len(rows)):
        value = shared.get(code_of({name: columns[name][place] for name in ("handle", "title")}) or "")
        given = columns["status"][place] or (value.status if value else None) or "active"
        published = (value.published if value else None) or columns["published"][place] or "true"
        if given.casefold() not in STATUS:
            rows.refuse([place], "status", "UnknownWord", found=given[:80], known="、".join(STATUS))
        state = STATUS.get(given.casefold(), "draft")
        result.append("paused" if state == "live" and published.casefold() == "false" else state)
    return result


def _store_products(rows: Rows, columns: dict[str, list[str | None]], shared: dict[str, ProductRows]) -> None:
    """Store with the rejected rows what the file has on their product."""
    accepted = np.full(len(rows), None, object)
    for place in rows.problems:
        code = code_of({name: columns[name][place] for name in ("handle", "title")})
        if code in shared:
            accepted[place] = json.dumps(asdict(shared[code]), ensure_ascii=False)
    rows.extra[PRODUCT_CELLS] = accepted


def _stored_products(rows: Rows) -> dict[str, ProductRows]:
    """What rows that are read again have stored of their products."""
    result = {}
    handles = zip(rows.cells("handle").to_pylist(), rows.cells("title").to_pylist(), strict=True)
    for (handle, title), cell in zip(handles, rows.cells(PRODUCT_CELLS).to_pylist(), strict=True):
        code = code_of({"handle": handle, "title": title})
        if code and cell:
            value = ProductRows(**json.loads(cell))
            value.options = {int(number): name for number, name in value.options.items()}
            result[code] = value
    return result


def _put_product(result: OfferRows, row: int, code: str, value: ProductRows) -> None:
    text = plain(value.body)
    extras = {
        **value.extras,
        "images": value.images,
        "Published": value.published,
        "Body (HTML)": value.body if value.body != text else None,
    }
    result.put(
        "product",
        row,
        product_code=code,
        title=value.title,
        family=value.type,
        description=text,
        extras=as_json(extras),
    )


def _is_option(value: str | None) -> bool:
    return bool(value) and value != "Default Title"


def _sku(merchant_code: str | None, code: str, spec: str, seen: Once) -> str:
    """The merchant's code; where it is lacking or used twice in the file, handle and options."""
    if merchant_code and seen.first(merchant_code):
        return merchant_code
    derived = f"{code}/{spec}" if spec else code
    return seen(derived)


def _of_variant(rows: Rows, place: int, cells: dict[str, Any], value: ProductRows) -> str | None:
    """What a row has on its variant besides our columns."""
    own = {
        header: text
        for header, text in extras_at(rows, place).items()
        if is_of_variant(header) or not cells["title"]
    }
    options = {
        value.options.get(n, f"Option{n}"): cells[f"option_{n}"] for n in OPTIONS if cells[f"option_{n}"]
    }
    weight = cells["grams"]
    is_stored = bool(weight) and weight.isdigit() and int(weight) > 0
    return as_json({**own, "options": options, "SKU": cells["sku"], "grams": None if is_stored else weight})
