"""Counts, reorder points or places typed one after another, or changed together, into plain fields that lose no key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dashboard.i18n.messages import t
from dashboard.ui import actor, cache, feedback
from dashboard.ui.components import field_list
from dashboard.ui.components.field_list import FieldRow, Kind, Outcome, TypedValue
from dashboard.views.stock import common
from shop.listings import stock_edit
from shop.listings.bulk_edit import ChangedMeanwhile
from shop.listings.plan import EditPlan
from shop.stock import levels
from shop.stock.stock_level import StockLevel

PLACE = "place"


def fields(name: str, rows: Sequence[StockLevel]) -> None:
    """A field for each SKU: `on_hand`, `reorder_point` or `place`."""
    shown = [FieldRow(level.sku, level.title, level.sku, _text(level, name)) for level in rows]
    label = t("stock.edit.save_numbers")
    kind: Kind = "text" if name == PLACE else "number"
    field_list.show(f"stock-{name}", shown, partial(_save, name), label, kind=kind)


def _text(level: StockLevel, field: str) -> str:
    number = getattr(level, field)
    return "" if number is None else str(number)


def _save(field: str, typed: list[TypedValue]) -> Outcome:
    """Save what nobody else changed meanwhile as one action with one undo; the rest stays as a conflict."""
    db, user = cache.database(), actor.actor()
    now = {level.sku: _text(level, field) for level in levels.stock_levels(db)}
    mine = {value.key: value for value in typed if now.get(value.key, "") == value.before}
    cells = {(sku, field): _read(field, value.value) for sku, value in mine.items()}
    planned = stock_edit.plan(db, cells, actor=user)
    outcome = Outcome(problems={item.where.key[0]: item.problem for item in planned.rejected})
    entry = None
    if planned.changes:
        entry = feedback.act(stock_edit.save, EditPlan(planned.changes, (), planned.ready))
    if entry is not None or not planned.changes:
        outcome.saved = [value for sku, value in mine.items() if sku not in outcome.problems]
    if entry is not None:
        message = t("stock.edit.saved", cells=len(planned.changes))
        feedback.report(message, partial(common.undo_change, entry))
    if len(mine) < len(typed):
        changed = sorted(value.key for value in typed if value.key not in mine)
        feedback.store_error(ChangedMeanwhile(what=", ".join(changed)))
    return outcome


def _read(field: str, text: str) -> int | str | None:
    """What was typed, a number as one; as it is where it is none, so that it is rejected by name."""
    plain = text.strip()
    return int(plain) if field != PLACE and plain.isdecimal() else plain or None
