"""One field of many rows of the catalog, typed one after another: saved as one action, with conflicts shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.ui import actor, cache, feedback
from dashboard.ui.components import field_list
from dashboard.ui.components.field_list import FieldRow, Kind, Outcome, TypedValue
from dashboard.views.listings import common
from shop.catalog.fields import BY_NAME, CatalogField, word
from shop.core.money import to_decimal
from shop.core.text import full_title
from shop.listings import bulk_edit
from shop.listings.bulk_edit import ChangedMeanwhile
from shop.listings.plan import Cell, EditPlan, Key

SEPARATOR = "\x1f"
KINDS: Mapping[str, Kind] = {"money": "number", "count": "number", "choice": "choice", "truth": "choice"}
WISHES = {"listing_price": "wanted_price", "listing_title": "wanted_title"}


def fields(name: str, field: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """A field for each row that has it; rows of one product share the fields of the product."""
    what = BY_NAME[field]
    shown: dict[str, FieldRow] = {}
    for row in rows:
        key = [str(row[part] or "") for part in bulk_edit.KEYS[what.table]]
        if all(key):
            code = SEPARATOR.join(key)
            currency = _currency(what, row) if what.kind == "money" else ""
            platform = catalog.platform(row["platform"]) if what.table == "listing" else ""
            note = " ".join(filter(None, (str(row["sku"] or ""), platform, currency)))
            shown.setdefault(code, FieldRow(code, row_name(row) or key[-1], note, _text(what, row)))
    field_list.show(
        f"{name}-{field}",
        list(shown.values()),
        partial(_save, field),
        t("listings.prices.save" if what.kind == "money" else "listings.table.save_fields"),
        kind=KINDS.get(what.kind, "text"),
        options=_options(what),
    )


def row_name(row: Mapping[str, Any]) -> str:
    """A row's product and variant, or what its listing is called."""
    return full_title(row["product_title"] or row["listing_title"] or "", row["variant_title"])


def stored(field: str, row: Mapping[str, Any]) -> Any:
    """The value of a field that a row shows: of a platform's listing the wanted one, where there is one."""
    wanted = row[WISHES[field]] if field in WISHES and row["stated_at"] else None
    return row[field] if wanted is None else wanted


def _currency(what: CatalogField, row: Mapping[str, Any]) -> str:
    return str(row["listing_currency" if what.table == "listing" else "currency"] or "CNY")


def _text(what: CatalogField, row: Mapping[str, Any]) -> str:
    value = stored(what.name, row)
    if value is None:
        return ""
    if what.kind == "money":
        return str(to_decimal(int(value), _currency(what, row)))
    if what.kind == "truth":
        return "yes" if value else "no"
    return str(value)


def _options(what: CatalogField) -> dict[str, str]:
    if KINDS.get(what.kind) != "choice":
        return {}
    known = {item: word(item, language()) for item in what.choices or ("yes", "no")}
    if what.name == "status":
        known = {item: catalog.state(item) for item in known}
    return known if what.is_required else {"": "–", **known}


def _save(field: str, values: list[TypedValue]) -> Outcome:
    """Save what nobody else changed meanwhile, in one action with one undo; the rest stays as a conflict."""
    outcome = Outcome()
    by_key: dict[Key, TypedValue] = {tuple(value.key.split(SEPARATOR)): value for value in values}
    typed = [Cell(field, key, value.value.replace("，", ".")) for key, value in by_key.items()]
    shown = [Cell(field, key, value.before) for key, value in by_key.items()]
    db, user = cache.database(), actor.actor()
    planned, before = bulk_edit.plan(db, typed, actor=user), bulk_edit.plan(db, shown, actor=user)
    rejected = {item.where.key for item in planned.rejected}
    changed = {change.key for change in before.changes}
    changed |= {item.where.key for item in before.rejected if item.where.key not in rejected}
    outcome.problems = {
        SEPARATOR.join(item.where.key): item.problem
        for item in planned.rejected
        if item.where.key not in changed
    }
    mine = tuple(change for change in planned.changes if change.key not in changed)
    audit_id = feedback.act(bulk_edit.apply, EditPlan(mine, (), planned.ready)) if mine else None
    if audit_id is not None or not mine:
        outcome.saved = [value for key, value in by_key.items() if key not in changed | rejected]
    if audit_id is not None:
        feedback.report(common.saved(len(mine)), audit_id)
    if changed:
        feedback.store_error(ChangedMeanwhile(what=", ".join(sorted(key[-1] for key in changed))))
    return outcome
