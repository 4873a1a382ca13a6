"""A new cup in one go: product, variant or piece, photos, drafts on platforms, pieces on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shop import stock
from shop.catalog import ProductFields, UnknownProduct, VariantFields, new_product, new_variant
from shop.db import Database
from shop.edits import Edits
from shop.errors import ShopError
from shop.hanging import hanging
from shop.listings import new_draft
from shop.matching import settle
from shop.people import Actor, note, require
from shop.photos import Prepared, put
from shop.pieces import PieceFields, new_piece


class NamelessEntry(ShopError):
    """A new thing without a name, a form or a glaze."""

    message = "Fill in a name, a form or a glaze at least."


@dataclass(frozen=True)
class Entry:
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
    on_shelf: int = 0


@dataclass(frozen=True)
class Entered:
    """What came of it: the SKU, its drafts, and what takes it back."""

    product_code: str
    sku: str
    listings: tuple[tuple[str, str], ...]
    audit_id: int
    movement: int = 0


def enter(db: Database, entry: Entry, *, actor: Actor, shop_id: int = 1) -> Entered:
    """Add one new thing in one transaction; raises what catalog, pieces, photos and stock refuse."""
    require(actor, "edit_catalog")
    if entry.on_shelf:
        require(actor, "edit_stock")
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        code = _product(edits, entry)
        sku = (
            new_piece(edits, code, entry.piece)
            if entry.piece else new_variant(edits, code, entry.variant or VariantFields())
        )  # fmt: skip
        if entry.pictures:
            put(edits, "sku", sku, entry.pictures)
        drafts = tuple(
            (platform, new_draft(edits, sku, platform, title=entry.title))
            for platform in entry.platforms
        )
        settle(connection, shop_id)
        number = note(connection, actor, "listing.enter", sku, changes=edits.changes,
                      undo=edits.undo, shop_id=shop_id)  # fmt: skip
        key = f"entry/{number}"
        moved = bool(entry.on_shelf) and stock.made(
            connection, sku, entry.on_shelf, key=key, actor=actor, shop_id=shop_id
        )
        movement = stock.movement_of(connection, key, shop_id) if moved else 0
    return Entered(code, sku, drafts, number, movement)


def _product(edits: Edits, entry: Entry) -> str:
    if entry.code is None:
        assert entry.product is not None
        return new_product(edits, entry.product)
    if edits.read("product", {"product_code": entry.code}, ("title",)) is None:
        raise UnknownProduct(code=entry.code)
    return entry.code


def take_back(db: Database, entered: Entered, *, actor: Actor, shop_id: int = 1) -> None:
    """Take a new thing back: as if it had never been typed, or, where its stock moved, archived.

    The ledger keeps what it said; its pieces are booked out again. Raises OutOfStock where they were
    sold meanwhile, ChangedSince, AlreadyUndone.
    """
    from shop.undo import undo

    if not entered.movement:
        undo(db, entered.audit_id, actor=actor, shop_id=shop_id)
        return
    require(actor, "edit_catalog")
    with db.write() as connection:
        stock.counter(connection, [entered.movement], actor=actor, shop_id=shop_id)
        edits = Edits(connection, shop_id)
        for platform, listing in entered.listings:
            edits.delete("listing", {"platform": platform, "listing_id": listing})
        edits.update("variant", {"sku": entered.sku}, {"is_archived": 1})
        others = connection.exec_driver_sql(
            "SELECT COUNT(*) FROM variant WHERE shop_id = ? AND product_code = ? "
            "AND NOT is_archived", (shop_id, entered.product_code),
        ).scalar()  # fmt: skip
        if not others:
            edits.update("product", {"product_code": entered.product_code}, {"is_archived": 1})
        note(connection, actor, "listing.take_back", entered.sku, changes=edits.changes,
             shop_id=shop_id)  # fmt: skip


def in_use(db: Database, sku: str, *, shop_id: int = 1) -> bool:
    """Whether anything hangs on a SKU, so that it can be archived but not deleted."""
    with db.read() as connection:
        return bool(hanging(connection, shop_id, "variant", sku))
