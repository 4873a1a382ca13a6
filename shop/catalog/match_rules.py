"""Match rules: the owner confirms a sold name as a SKU, ignores it, or makes a new product of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.catalog.match_queue import Unmatched
from shop.catalog.matching import FIELDS, IGNORED, rematch
from shop.catalog.products import (
    Added,
    ProductFields,
    VariantFields,
    new_product,
    new_variant,
    now,
    refuse_unknown,
)
from shop.core.errors import ShopError
from shop.core.text import folded, wording
from shop.db.database import Database


class UnknownRule(ShopError):
    """There is no such rule to remove."""

    message = "There is no rule for {field} “{value}”."


class UnknownSign(ShopError):
    """A rule about something that wordings do not have, or about nothing at all."""

    message = "A rule needs a sign ({known}) and what it reads; “{field}” “{value}” is none."


class NothingUnmatched(ShopError):
    """Nothing waits under this wording."""

    message = "Nothing waits under “{value}”. See: kilnboard listing match queue"


@dataclass(frozen=True)
class RuleApplied:
    """What a rule settled: how many wordings changed their SKU, and how it is undone."""

    wordings: int
    audit_id: int


def confirm(db: Database, field: str, value: str, sku: str, *, actor: Actor, shop_id: int = 1) -> RuleApplied:
    """Match all sold names with this value, past and future, to a SKU; replaces an earlier rule.

    Raises UnknownSku, UnknownSign.
    """
    return _rule(db, field, value, sku, "match.confirm", actor, shop_id)


def ignore(db: Database, field: str, value: str, *, actor: Actor, shop_id: int = 1) -> RuleApplied:
    """Ignore all sold names with this value (shipping, gift wrap): they leave the queue."""
    return _rule(db, field, value, IGNORED, "match.ignore", actor, shop_id)


def _rule(
    db: Database, field: str, value: str, sku: str, action: str, actor: Actor, shop_id: int
) -> RuleApplied:
    require(actor, "edit_catalog")
    key = _key(field, value)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        if sku != IGNORED:
            refuse_unknown(connection, shop_id, sku)
        write_rule(edits, key["field"], key["value"], sku, actor)
        changed = rematch(connection, shop_id)
        number = log_action(
            connection,
            actor,
            action,
            f"{key['value']} → {sku or '–'}",
            changes=len(changed),
            undo=edits.undo,
            shop_id=shop_id,
        )
    return RuleApplied(len(changed), number)


def remove_rule(db: Database, field: str, value: str, *, actor: Actor, shop_id: int = 1) -> RuleApplied:
    """Take a rule back: what it settled is matched by the other signs, or waits again.

    Raises UnknownRule, UnknownSign.
    """
    require(actor, "edit_catalog")
    key = _key(field, value)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        if not edits.delete("match_rule", key):
            raise UnknownRule(**key)
        changed = rematch(connection, shop_id)
        number = log_action(
            connection,
            actor,
            "match.take_back",
            key["value"],
            changes=len(changed),
            undo=edits.undo,
            shop_id=shop_id,
        )
    return RuleApplied(len(changed), number)


def create_product(
    db: Database,
    row: Unmatched,
    *,
    actor: Actor,
    product: ProductFields | None = None,
    variant: VariantFields | None = None,
    shop_id: int = 1,
) -> Added:
    """Make a new product of what waits, with its wording as the first draft of title and SKU.

    Where the merchant code can be the SKU, it is; else a rule ties the wording to the new SKU.
    """
    require(actor, "edit_catalog")
    fields = product or ProductFields(title=row.title or row.code)
    first = variant or VariantFields(title=row.spec or None, currency=row.currency or None)
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        code = new_product(edits, fields)
        if first.sku is None and row.field == "code" and row.why == "unknown":
            first = replace(first, sku=row.code)
        sku = new_variant(edits, code, first)
        rematch(connection, shop_id)
        if not is_matched(edits, row, sku):
            write_rule(edits, row.field, row.value, sku, actor)
            rematch(connection, shop_id)
        number = log_action(
            connection,
            actor,
            "match.make_product",
            code,
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop_id,
        )
    return Added(code, (sku,), number)


def is_matched(edits: Edits, row: Unmatched, sku: str) -> bool:
    """Whether all names of a row are matched to a SKU."""
    matches = (edits.read("sold_match", {"name_key": key}, ("sku",)) for key in row.name_keys)
    return all(match is not None and match["sku"] == sku for match in matches)


def write_rule(edits: Edits, field: str, value: str, sku: str, actor: Actor) -> None:
    """Write a rule, in the place of an earlier one about the same."""
    key = {"field": field, "value": value}
    values = {"sku": sku, "made_at": now(), "made_by": actor.name}
    edits.put("match_rule", key, values)


def _key(field: str, value: str) -> dict[str, str]:
    if field == "title_spec" and " | " in value:
        title, _, spec = value.partition(" | ")
        normalised = wording(title, spec)
    else:
        normalised = wording(value, None) if field == "title_spec" else folded(value)
    if field not in FIELDS or not normalised:
        raise UnknownSign(field=field, value=value, known=", ".join(FIELDS))
    return {"field": field, "value": normalised}


@dataclass(frozen=True)
class ConfirmedRule:
    """One rule that was confirmed, with how many wordings it settles now."""

    field: str
    value: str
    sku: str
    created_by: str
    created_at: int
    wordings: int


def rules(db: Database, *, shop_id: int = 1) -> list[ConfirmedRule]:
    """All confirmed rules, the latest first."""
    from collections import Counter

    from shop.catalog.matching import names_by_rule

    with db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT field, value, sku, made_by, made_at FROM match_rule WHERE shop_id = ? "
            "ORDER BY made_at DESC, field, value",
            (shop_id,),
        ).all()
        settled: Counter[tuple[str, str]] = Counter()
        for name in names_by_rule(connection, shop_id) if rows else ():
            settled.update((sign, name.value(sign)) for sign in FIELDS if name.value(sign))
    return [
        ConfirmedRule(r.field, r.value, r.sku, r.made_by, r.made_at, settled[r.field, r.value]) for r in rows
    ]
