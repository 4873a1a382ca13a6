"""Pieces: numbered objects that exist once, each with a SKU, measures, grade and price of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.fields import BY_NAME, typed
from shop.catalog.matching import rematch
from shop.catalog.products import Added, UnknownProduct, VariantFields, new_variant
from shop.core.errors import ShopError
from shop.db.database import Database


class NumberTaken(ShopError):
    """Another piece of this product has this number."""

    message = "Product {code} has a piece number {number} already ({sku})."


@dataclass(frozen=True)
class PieceFields:
    """What is typed about a piece; without a number it gets the next free one of its product."""

    number: str | None = None
    grade: str = "unique"
    price_cents: int | None = None
    currency: str | None = None
    height_mm: int | None = None
    width_mm: int | None = None
    volume_ml: int | None = None
    weight_g: int | None = None
    shelf_cm2: int | None = None
    packing: str | None = None
    place: str | None = None
    batch_id: str | None = None
    firing_id: str | None = None
    maker: str | None = None
    made_on: date | None = None
    note: str | None = None
    sku: str | None = None


def add(db: Database, code: str, pieces: Sequence[PieceFields], *, actor: Actor, shop_id: int = 1) -> Added:
    """Add numbered pieces to a product; each is a SKU of its own, one of a kind.

    Stock is not changed: book the pieces with shop/stock/adjustments.py.
    """
    require(actor, "edit_catalog")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        skus = tuple(new_piece(edits, code, piece) for piece in pieces)
        rematch(connection, shop_id)
        number = log_action(
            connection, actor, "piece.add", code, changes=edits.changes, undo=edits.undo, shop_id=shop_id
        )
    return Added(code, skus, number)


def new_piece(edits: Edits, code: str, fields: PieceFields) -> str:
    """Write a piece with its variant inside the caller's transaction; its SKU.

    The SKU is the product's code and the number: K0007-P3. Raises UnknownProduct, NumberTaken.
    """
    if edits.read("product", {"product_code": code}, ("title",)) is None:
        raise UnknownProduct(code=code)
    number = str(typed(BY_NAME["piece_number"], fields.number or next_number(edits, code)))
    other = _with_number(edits, code, number)
    if other is not None:
        raise NumberTaken(code=code, number=number, sku=other)
    sku = new_variant(
        edits,
        code,
        VariantFields(
            sku=fields.sku or f"{code}-P{number}",
            title=f"#{number}",
            price_cents=fields.price_cents,
            currency=fields.currency,
            stock_policy="one_of_a_kind",
            grade=fields.grade,
            height_mm=fields.height_mm,
            width_mm=fields.width_mm,
            volume_ml=fields.volume_ml,
            weight_g=fields.weight_g,
            shelf_cm2=fields.shelf_cm2,
            packing=fields.packing,
            place=fields.place,
        ),
    )
    values: dict[str, Any] = {
        "number": number,
        "product_code": code,
        "grade": fields.grade,
        "height_mm": fields.height_mm,
        "width_mm": fields.width_mm,
        "weight_g": fields.weight_g,
        "batch_id": fields.batch_id,
        "firing_id": fields.firing_id,
        "maker": typed(BY_NAME["maker"], fields.maker),
        "made_on": fields.made_on.isoformat() if fields.made_on else None,
        "note": typed(BY_NAME["piece_note"], fields.note),
    }
    edits.insert("piece", {"sku": sku}, values)
    return sku


def next_number(edits: Edits, code: str) -> str:
    """The next free number of a product's pieces: 1, 2, 3 …"""
    highest = edits.connection.execute(
        text("SELECT MAX(CAST(number AS INTEGER)) FROM piece WHERE shop_id = :shop AND product_code = :code"),
        {"shop": edits.shop_id, "code": code},
    ).scalar()
    return str(int(highest or 0) + 1)


def _with_number(edits: Edits, code: str, number: str) -> str | None:
    sku = edits.connection.execute(
        text("SELECT sku FROM piece WHERE shop_id = :shop AND product_code = :code AND number = :number"),
        {"shop": edits.shop_id, "code": code, "number": number},
    ).scalar()
    return None if sku is None else str(sku)
