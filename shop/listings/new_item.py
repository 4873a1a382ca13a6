"""A new item in one transaction: product, variant or piece, photos, drafts on platforms, pieces in stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.matching import rematch
from shop.catalog.photos import Prepared, add_to
from shop.catalog.pieces import PieceFields, new_piece
from shop.catalog.products import ProductFields, UnknownProduct, VariantFields, new_product, new_variant
from shop.catalog.references import references_to
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.listings.listings import new_draft
from shop.stock import adjustments


class NamelessItem(ShopError):
    """A new thing without a name, a form or a glaze."""

    message = "Fill in a name, a form or a glaze at least."


@dataclass(frozen=True)
class NewItem:
    """What is typed for one new thing to sell.

    A new product unless `code` names one that is there; `piece` for a numbered object, else `variant`.
    """

    product: ProductFields | None = None
    code: str | None = None
    variant: VariantFields | None = None
    piece: PieceFields | None = None
    pictures: Sequence[Prepared] = field(default=())
    platforms: Sequence[str] = ()
    title: str | None = None
    on_hand: int = 0


@dataclass(frozen=True)
class ItemAdded:
    """What came of it: the SKU, its drafts, and the number under which it is undone."""

    product_code: str
    sku: str
    listings: tuple[tuple[str, str], ...]
    audit_id: int
    movement: int = 0


def add_item(db: Database, entry: NewItem, *, actor: Actor, shop_id: int = 1) -> ItemAdded:
    """Add one new thing in one transaction; raises what catalog, pieces, photos and stock refuse."""
    require(actor, "edit_catalog")
    if entry.on_hand:
        require(actor, "edit_stock")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        code = _product(edits, entry)
        sku = (
            new_piece(edits, code, entry.piece)
            if entry.piece
            else new_variant(edits, code, entry.variant or VariantFields())
        )
        if entry.pictures:
            add_to(edits, "sku", sku, entry.pictures)
        drafts = tuple(
            (platform, new_draft(edits, sku, platform, title=entry.title)) for platform in entry.platforms
        )
        rematch(connection, shop_id)
        number = log_action(
            connection, actor, "listing.enter", sku, changes=edits.changes, undo=edits.undo, shop_id=shop_id
        )
        key = f"entry/{number}"
        booked = bool(entry.on_hand) and adjustments.book_output(
            connection, sku, entry.on_hand, key=key, actor=actor, shop_id=shop_id
        )
        movement = adjustments.movement_of(connection, key, shop_id) if booked else 0
    return ItemAdded(code, sku, drafts, number, movement)


def _product(edits: Edits, entry: NewItem) -> str:
    if entry.code is None:
        assert entry.product is not None
        return new_product(edits, entry.product)
    if edits.read("product", {"product_code": entry.code}, ("title",)) is None:
        raise UnknownProduct(code=entry.code)
    return entry.code


def undo_item(edits: Edits, parts: Sequence[Mapping[str, Any]], movement: int, *, actor: Actor) -> None:
    """Undo a new item whose pieces are in stock, inside the caller's transaction.

    The ledger is not rewritten: its pieces are booked out again, and the SKU (with its product, where
    nothing else is left of it) is archived instead of deleted. Raises OutOfStock where the pieces were
    sold meanwhile.
    """
    connection, shop_id = edits.connection, edits.shop_id
    adjustments.reverse(connection, [movement], actor=actor, shop_id=shop_id)
    rows = [(part["table"], row) for part in parts for row in part["rows"]]
    for table, row in rows:
        if table == "listing":
            edits.delete("listing", row["key"])
    for table, row in rows:
        if table == "variant":
            edits.update("variant", row["key"], {"is_archived": 1})
    for table, row in rows:
        if table == "product":
            others = connection.exec_driver_sql(
                "SELECT 1 FROM variant WHERE shop_id = ? AND product_code = ? AND NOT is_archived",
                (shop_id, row["key"]["product_code"]),
            ).first()
            if others is None:
                edits.update("product", row["key"], {"is_archived": 1})


def movement_of(connection: Connection, audit_id: int, shop_id: int) -> int:
    """The movement that an entry booked, 0 where it booked none."""
    return adjustments.movement_of(connection, f"entry/{audit_id}", shop_id)


def in_use(db: Database, sku: str, *, shop_id: int = 1) -> bool:
    """Whether anything references a SKU, so that it can be archived but not deleted."""
    with db.read() as connection:
        return bool(references_to(connection, shop_id, "variant", sku))
