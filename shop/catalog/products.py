"""The catalog: products, their variants, and the commands that add, archive and delete them.

Whose column is whose. Product and variant belong to the shop: once somebody typed or edited one here
(`source_id` is empty), an import only fills what is still empty; one that came from a file follows the
next newer file. Of a listing, id, product id, title, spec, price, quantity and status are what the
platform states and follow every sync; what the shop wants instead (`wanted_*`) and which SKU it is (a
rule, see shop/catalog/matching.py) are never touched by a sync. See `Load._write` in shop/orders/upsert.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.fields import BY_NAME, typed
from shop.catalog.matching import rematch
from shop.catalog.references import refuse_if_in_use
from shop.core.clock import now_seconds
from shop.core.errors import ShopError
from shop.core.text import folded
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.stock import sets
from shop.stock.ledger import UnknownSku

UNVERSIONED = {"updated_at": 0, "payload_hash": 0}  # typed by hand: any import may fill its gaps


class UnknownProduct(ShopError):
    """No product has this code."""

    message = "There is no product “{code}” in the catalog."


class SkuTaken(ShopError):
    """A variant with this SKU (or one that reads the same) is there already."""

    message = "The SKU “{sku}” is there already ({other}). Give this one another SKU."


class CodeTaken(ShopError):
    """A product with this code is there already."""

    message = "The product code “{code}” is there already. Give this product another code."


@dataclass(frozen=True)
class ProductFields:
    """What is typed about a product."""

    title: str
    family: str | None = None
    form: str | None = None
    glaze: str | None = None
    clay: str | None = None
    size: str | None = None
    is_food_safe: bool | None = None
    description: str | None = None


@dataclass(frozen=True)
class VariantFields:
    """What is typed about a variant; without a SKU it gets the next free one of its product."""

    sku: str | None = None
    title: str | None = None
    price_cents: int | None = None
    currency: str | None = None
    stock_policy: str = "stocked"
    lead_days: int | None = None
    grade: str = "prime"
    seconds_of: str | None = None
    size: str | None = None
    height_mm: int | None = None
    width_mm: int | None = None
    volume_ml: int | None = None
    weight_g: int | None = None
    shelf_cm2: int | None = None
    packing: str | None = None
    parts: str | None = None
    place: str | None = None
    reorder_point: int | None = None


@dataclass(frozen=True)
class Added:
    """What was added: the product's code, the SKUs, and the number under which it is undone."""

    product_code: str
    skus: tuple[str, ...]
    audit_id: int


def add(
    db: Database,
    product: ProductFields,
    variants: Sequence[VariantFields],
    *,
    actor: Actor,
    code: str | None = None,
    shop_id: int = 1,
) -> Added:
    """Add a product with its variants; raises CodeTaken, SkuTaken, or the Cell… error that fits."""
    require(actor, "edit_catalog")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        product_code = new_product(edits, product, code)
        skus = tuple(new_variant(edits, product_code, variant) for variant in variants)
        rematch(connection, shop_id)
        number = log_action(
            connection,
            actor,
            "catalog.add",
            product_code,
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )
    return Added(product_code, skus, number)


def add_variants(
    db: Database, code: str, variants: Sequence[VariantFields], *, actor: Actor, shop_id: int = 1
) -> Added:
    """Add variants to a product that is there; raises UnknownProduct, SkuTaken, a Cell… error."""
    require(actor, "edit_catalog")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        if edits.read("product", {"product_code": code}, ("title",)) is None:
            raise UnknownProduct(code=code)
        skus = tuple(new_variant(edits, code, variant) for variant in variants)
        rematch(connection, shop_id)
        number = log_action(
            connection, actor, "catalog.add", code, changes=edits.changes, undo=edits.undo, shop_id=shop_id
        )
    return Added(code, skus, number)


# --- inside the caller's transaction ---------------------------------------------------------------


def new_product(edits: Edits, fields: ProductFields, code: str | None = None) -> str:
    """Write a product; its code, the next free one where none is given."""
    product_code = _key("product_code", code) if code else next_code(edits.connection, edits.shop_id)
    if edits.read("product", {"product_code": product_code}, ("title",)) is not None:
        raise CodeTaken(code=product_code)
    names = {"title": "product_title", "size": "product_size"}
    values = {name: typed(BY_NAME[names.get(name, name)], value) for name, value in asdict(fields).items()}
    edits.insert("product", {"product_code": product_code}, {**values, **UNVERSIONED})
    return product_code


def new_variant(edits: Edits, code: str, fields: VariantFields) -> str:
    """Write a variant of a product; its SKU."""
    sku = _key("sku", fields.sku) if fields.sku else next_sku(edits.connection, edits.shop_id, code)
    refuse_taken(edits.connection, edits.shop_id, sku)
    currency = fields.currency or shop_settings(edits.connection, edits.shop_id).currency
    values: dict[str, Any] = {"product_code": code, "currency": typed(BY_NAME["currency"], currency)}
    for name, value in asdict(fields).items():
        if name in ("sku", "currency"):
            continue
        if name == "price_cents":
            values[name] = checked_cents("price", value)
        else:
            values[name] = typed(BY_NAME["variant_title" if name == "title" else name], value)
    if values["seconds_of"]:
        refuse_unknown(edits.connection, edits.shop_id, values["seconds_of"])
    edits.insert("variant", {"sku": sku}, {**values, **UNVERSIONED})
    if values["parts"]:
        sets.define(edits, sku, sets.parse_parts(values["parts"]), now_seconds())
    return sku


def checked_cents(name: str, cents: int | None) -> int | None:
    """An amount in cents within the limits of its field."""
    from shop.catalog.fields import CellOutOfRange

    field = BY_NAME[name]
    if cents is not None and not field.least <= cents <= field.most:
        raise CellOutOfRange(field=name, found=cents, least=field.least, most=field.most)
    return cents


def _key(name: str, value: str) -> str:
    return str(typed(BY_NAME[name], folded(value)))


def refuse_taken(connection: Connection, shop_id: int, sku: str) -> None:
    """Refuse a SKU that is there already, in any spelling; raises SkuTaken."""
    rows = connection.execute(text("SELECT sku FROM variant WHERE shop_id = :shop"), {"shop": shop_id})
    other = next((row[0] for row in rows if folded(row[0]) == folded(sku)), None)
    if other is not None:
        raise SkuTaken(sku=sku, other=other)


def refuse_unknown(connection: Connection, shop_id: int, sku: str) -> None:
    """Refuse a SKU that is not in the catalog; raises UnknownSku."""
    result = connection.execute(
        text("SELECT 1 FROM variant WHERE shop_id = :shop AND sku = :sku"), {"shop": shop_id, "sku": sku}
    )
    if result.scalar() is None:
        raise UnknownSku(sku=sku)


def next_code(connection: Connection, shop_id: int) -> str:
    """The next free product code of our own kind: K0001, K0002 …"""
    result = connection.execute(
        text(
            "SELECT MAX(CAST(SUBSTR(product_code, 2) AS INTEGER)) FROM product "
            "WHERE shop_id = :shop AND product_code GLOB 'K[0-9][0-9][0-9][0-9]*'"
        ),
        {"shop": shop_id},
    )
    return f"K{int(result.scalar() or 0) + 1:04d}"


def next_sku(connection: Connection, shop_id: int, code: str) -> str:
    """The next free SKU of a product: its code, then with -2, -3 …"""
    rows = connection.execute(text("SELECT sku FROM variant WHERE shop_id = :shop"), {"shop": shop_id})
    taken = {folded(row[0]) for row in rows}
    if folded(code) not in taken:
        return code
    number = 2
    while folded(f"{code}-{number}") in taken:
        number += 1
    return f"{code}-{number}"


# --- away and back -------------------------------------------------------------------------------


def archive(
    db: Database,
    *,
    actor: Actor,
    sku: str | None = None,
    code: str | None = None,
    back: bool = False,
    shop_id: int = 1,
) -> int:
    """Put a variant or a product out of sight (its past stays); `back` brings it again."""
    require(actor, "edit_catalog")
    table, key = _named(sku, code)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        _must_be_there(edits, table, key)
        edits.update(table, key, {"is_archived": int(not back)})
        action = "catalog.restore" if back else "catalog.archive"
        return log_action(
            connection,
            actor,
            action,
            sku or code or "",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )


def delete(
    db: Database, *, actor: Actor, sku: str | None = None, code: str | None = None, shop_id: int = 1
) -> int:
    """Delete a variant or a product that nothing references; raises StillInUse."""
    require(actor, "edit_catalog")
    table, key = _named(sku, code)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        _must_be_there(edits, table, key)
        refuse_if_in_use(connection, shop_id, table, key)
        if sku:
            edits.delete("piece", {"sku": sku})
            sets.forget(edits, sku)
        edits.delete(table, key)
        rematch(connection, shop_id)
        return log_action(
            connection,
            actor,
            "catalog.delete",
            sku or code or "",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )


def _named(sku: str | None, code: str | None) -> tuple[str, dict[str, str]]:
    assert bool(sku) != bool(code)
    return ("variant", {"sku": sku}) if sku else ("product", {"product_code": code or ""})


def _must_be_there(edits: Edits, table: str, key: dict[str, str]) -> None:
    if edits.read(table, key, tuple(key)) is None:
        if table == "variant":
            raise UnknownSku(**key)
        raise UnknownProduct(code=key["product_code"])


def now() -> int:
    """The present moment in seconds UTC."""
    return int(datetime.now(UTC).timestamp())
