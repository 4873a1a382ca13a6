"""The catalog built from what sold, in one action: every sold name in the queue becomes a SKU of a product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.match_queue import Unmatched
from shop.catalog.match_rules import is_matched, write_rule
from shop.catalog.matching import rematch
from shop.catalog.products import ProductFields, VariantFields, new_product, new_variant
from shop.core.errors import ShopError
from shop.core.text import folded
from shop.db.database import Database

SURE = 0.5  # a suggestion at least this likely is for a person to decide


@dataclass(frozen=True)
class CatalogBuilt:
    """What became of the queue: products, SKUs, what is left for a person, and the number of the undo."""

    products: int
    skus: int
    left: int
    audit_id: int


def proposals(rows: Sequence[Unmatched]) -> list[list[Unmatched]]:
    """The products that the queue proposes, each with the rows that are its SKUs, the best sold first.

    Rows of one title are one product. A row that may be a SKU of the catalog
    already, or whose code two SKUs have, is no proposal.
    """
    products: dict[str, list[Unmatched]] = {}
    for row in rows:
        if row.why == "unknown" and not any(item.likely >= SURE for item in row.suggestions):
            products.setdefault(folded(row.title) or f"\0{row.code}", []).append(row)
    return list(products.values())


def create_catalog(
    db: Database, rows: Sequence[Unmatched], *, actor: Actor, shop_id: int = 1
) -> CatalogBuilt:
    """Make a product with its SKUs of every proposal, in one transaction with one undo.

    A merchant code becomes the SKU where it can be one; else a rule ties the wording to a new SKU. What cannot be
    stored (a code that is too long) is left in the queue.
    """
    require(actor, "edit_catalog")
    with db.write() as connection:
        undo: list[dict[str, object]] = []
        created: list[tuple[Unmatched, str]] = []
        products = changes = 0
        for group in proposals(rows):
            edits = Edits(connection, shop_id)
            try:
                with connection.begin_nested():
                    of_group = _create(edits, group)
            except ShopError:
                continue
            created += of_group
            products += 1
            undo += edits.undo
            changes += edits.changes
        rematch(connection, shop_id)
        rules = Edits(connection, shop_id)
        for row, sku in created:
            if not is_matched(rules, row, sku):
                write_rule(rules, row.field, row.value, sku, actor)
        rematch(connection, shop_id)
        number = log_action(
            connection,
            actor,
            "match.make_catalog",
            str(products),
            changes=changes + rules.changes,
            undo=[*undo, *rules.undo],
            shop_id=shop_id,
        )
    return CatalogBuilt(products, len(created), len(rows) - len(created), number)


def _create(edits: Edits, group: Sequence[Unmatched]) -> list[tuple[Unmatched, str]]:
    """One product with a SKU for each of its rows."""
    first = group[0]
    code = new_product(edits, ProductFields(title=first.title or first.code))
    result = []
    for row in group:
        sku = row.code if row.field == "code" else None
        fields = VariantFields(sku=sku, title=row.spec or None, currency=row.currency or None)
        result.append((row, new_variant(edits, code, fields)))
    return result
