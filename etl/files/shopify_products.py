"""Shopify product file (export, and both templates): one row per variant, continued by handle.

Title, text and all that is about the product stand on its first row only; rows with nothing but a
handle and a picture continue it. Columns that have no place of ours are kept: those of the product
with the product, those of a variant with the variant. The file names no currency: it is the shop's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from etl.files.base import Parsed, Recognised
from etl.files.fields import Context, Values
from etl.files.offers import (
    EXTRA,
    Offers,
    Once,
    as_json,
    decimal_of,
    extras_at,
    fields_of,
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
TOLD = "told"  # what a row that is set aside keeps of its product (JSON)


@dataclass
class Told:
    """What a file tells of one product, on whichever of its rows."""

    title: str | None = None
    body: str | None = None
    type: str | None = None
    status: str | None = None
    published: str | None = None
    options: dict[int, str] = field(default_factory=dict)
    images: list[dict[str, str]] = field(default_factory=list)
    extras: dict[str, str] = field(default_factory=dict)


def prepare(found: Recognised, context: Context) -> None:
    """Read all columns, and gather what the rows of each product tell of it together."""
    widen(found)
    note_saved_at(found, context)
    told: dict[str, Told] = {}
    seen: set[int] = set()
    prices: list[str | None] = []
    for chunk in scan(found.table, found.header, found.places, tuple(found.places)):
        prices += chunk.columns["price"].to_pylist()
        for row, cells in _cells(chunk):
            if row not in seen:
                seen.add(row)
                _gather(told, cells)
    context.settings["decimal"] = decimal_of(prices)
    context.settings["told"] = told


def _cells(chunk: Chunk) -> Iterator[tuple[int, dict[str, str]]]:
    columns = {name: cells.to_pylist() for name, cells in chunk.columns.items()}
    for place, row in enumerate(chunk.rows.tolist()):
        yield row, {name: values[place] for name, values in columns.items() if values[place]}


def _gather(told: dict[str, Told], cells: dict[str, str]) -> None:
    """Add what one row tells of its product."""
    code = code_of(cells)
    if code is None:
        return
    one = told.setdefault(code, Told())
    for name in ("title", "body", "type", "status", "published"):
        if getattr(one, name) is None:
            setattr(one, name, cells.get(name))
    for number in OPTIONS:
        if option := cells.get(f"option_{number}_name"):
            one.options.setdefault(number, option)
    picture = {
        key: cells[name]
        for key, name in (("src", "image"), ("position", "image_position"), ("alt", "image_alt"))
        if name in cells
    }
    if picture:
        one.images.append(picture)
    if "title" in cells:
        for name, text in cells.items():
            if name.startswith(EXTRA) and not is_of_variant(name.removeprefix(EXTRA)):
                one.extras.setdefault(name.removeprefix(EXTRA), text)


def code_of(cells: dict[str, Any]) -> str | None:
    """The handle of a row's product; the title where a new product has no handle yet."""
    found = cells.get("handle") or cells.get("title")
    return None if found is None else str(found)


def is_of_variant(header: str) -> bool:
    """Whether a column is about a variant rather than its product."""
    lower = header.casefold()
    return lower.startswith(("variant ", "price / ", "compare at price / ")) or lower in OF_VARIANT


# --- the rows ------------------------------------------------------------------------------------

MARKS = ("price", "sku", "quantity", "option_1", "option_2", "option_3")  # what makes a row a variant


def parse(rows: Rows, context: Context) -> Parsed:
    """Products, variants and listings; rows with pictures only are no variants."""
    columns = {name: rows.cells(name).to_pylist() for name in HEADERS}
    shared: dict[str, Told] = context.settings.get("told") or _remembered(rows)
    _skip_pictures(rows, columns)
    price, quantity = _price(rows, context, columns["price"]), rows.whole("quantity")
    currency = str(rows.setting(context, "currency", context.currency))
    found = Offers(PLATFORM, int(rows.setting(context, "saved_at", 0)))
    once, skus, ids = Once(context, "products"), Once(context, "skus"), Once(context, "ids")
    status = _statuses(rows, columns, shared)
    for place in np.flatnonzero(rows.kept()).tolist():
        cells = {name: values[place] for name, values in columns.items()}
        code = code_of(cells)
        told = shared.get(code or "")
        if code is None or told is None or told.title is None:
            rows.refuse([place], "title", "Missing")
            continue
        row = int(rows.numbers[place])
        if once.first(code):
            _put_product(found, row, code, told)
        spec = " / ".join(cells[f"option_{n}"] for n in OPTIONS if _is_option(cells[f"option_{n}"]))
        sku = _sku(cells["sku"], code, spec, skus)
        cents = None if price[place] == MISSING else int(price[place])
        grams = cells["grams"] if (cells["grams"] or "").isdigit() else None
        extras = _of_variant(rows, place, cells, told)
        found.put(
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
        found.put(
            "listing",
            row,
            listing_id=ids(sku),
            sku=sku,
            product_id=code,
            title=told.title,
            spec=spec or None,
            status=status[place],
            price_cents=cents,
            currency=currency,
            quantity=None if quantity[place] == MISSING else int(quantity[place]),
        )
    _remember(rows, columns, shared)
    return Parsed(rows, found.batches())


def _skip_pictures(rows: Rows, columns: dict[str, list[str | None]]) -> None:
    """Rows with a handle and nothing of a variant: their pictures are the product's."""
    bare = [
        not title and not any(columns[name][place] for name in MARKS)
        for place, title in enumerate(columns["title"])
    ]
    rows.skip_where(np.array(bare, bool))


def _price(rows: Rows, context: Context, cells: list[str | None]) -> Values:
    """The price of each row, MISSING where none is stated yet."""
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


def _statuses(rows: Rows, columns: dict[str, list[str | None]], shared: dict[str, Told]) -> list[str]:
    """The state of each row's listing: the product's status, paused while it is not published."""
    found = []
    for place in range(len(rows)):
        told = shared.get(code_of({name: columns[name][place] for name in ("handle", "title")}) or "")
        said = columns["status"][place] or (told.status if told else None) or "active"
        published = (told.published if told else None) or columns["published"][place] or "true"
        if said.casefold() not in STATUS:
            rows.refuse([place], "status", "UnknownWord", found=said[:80], known="、".join(STATUS))
        state = STATUS.get(said.casefold(), "draft")
        found.append("paused" if state == "live" and published.casefold() == "false" else state)
    return found


def _remember(rows: Rows, columns: dict[str, list[str | None]], shared: dict[str, Told]) -> None:
    """Let the rows that are set aside keep what the file tells of their product."""
    kept = np.full(len(rows), None, object)
    for place in rows.problems:
        code = code_of({name: columns[name][place] for name in ("handle", "title")})
        if code in shared:
            kept[place] = json.dumps(asdict(shared[code]), ensure_ascii=False)
    rows.extra[TOLD] = kept


def _remembered(rows: Rows) -> dict[str, Told]:
    """What rows that are tried again kept of their products."""
    found = {}
    handles = zip(rows.cells("handle").to_pylist(), rows.cells("title").to_pylist(), strict=True)
    for (handle, title), cell in zip(handles, rows.cells(TOLD).to_pylist(), strict=True):
        code = code_of({"handle": handle, "title": title})
        if code and cell:
            told = Told(**json.loads(cell))
            told.options = {int(number): name for number, name in told.options.items()}
            found[code] = told
    return found


def _put_product(found: Offers, row: int, code: str, told: Told) -> None:
    text = plain(told.body)
    extras = {
        **told.extras,
        "images": told.images,
        "Published": told.published,
        "Body (HTML)": told.body if told.body != text else None,
    }
    found.put(
        "product",
        row,
        product_code=code,
        title=told.title,
        family=told.type,
        description=text,
        extras=as_json(extras),
    )


def _is_option(value: str | None) -> bool:
    return bool(value) and value != "Default Title"


def _sku(stated: str | None, code: str, spec: str, seen: Once) -> str:
    """The merchant's code; where it is lacking or used twice in the file, handle and options."""
    if stated and seen.first(stated):
        return stated
    made = f"{code}/{spec}" if spec else code
    return seen(made)


def _of_variant(rows: Rows, place: int, cells: dict[str, Any], told: Told) -> str | None:
    """What a row says of its variant beside our columns."""
    own = {
        header: text
        for header, text in extras_at(rows, place).items()
        if is_of_variant(header) or not cells["title"]
    }
    options = {
        told.options.get(n, f"Option{n}"): cells[f"option_{n}"] for n in OPTIONS if cells[f"option_{n}"]
    }
    weight = cells["grams"]
    is_kept = bool(weight) and weight.isdigit() and int(weight) > 0
    return as_json({**own, "options": options, "SKU": cells["sku"], "grams": None if is_kept else weight})
