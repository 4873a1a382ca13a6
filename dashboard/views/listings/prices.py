"""Prices typed one after another: the studio's own price of every SKU, or the price on one platform."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.ui import actor, cache, feedback, number_list, text, url_state
from dashboard.ui.number_list import NumberRow, Outcome, TypedNumber
from dashboard.views.listings import common
from dashboard.views.listings.table import row_name
from shop.core.money import to_decimal
from shop.listings import bulk_edit, catalog_table, details
from shop.listings.bulk_edit import ChangedMeanwhile
from shop.listings.catalog_table import CatalogFilter
from shop.listings.plan import Cell, EditPlan
from shop.metrics.tables import records

OWN = "own"
SEPARATOR = "\x1f"
Row = dict[str, Any]


def prices() -> None:
    """The part of the page: whose prices, a field for each, and what was saved."""
    platform = url_state.choice(
        st.segmented_control,
        t("listings.prices.whose"),
        (OWN, *cache.cached(details.platforms)),
        "prices",
        lambda name: t("listings.prices.own") if name == OWN else catalog.platform(name),
        required=True,
    )
    rows = _rows(platform)
    if not rows:
        text.note(t("listings.table.no_rows"))
        return
    text.note(t("listings.prices.note" if platform == OWN else "listings.prices.note_platform"))
    fields = [
        NumberRow(
            SEPARATOR.join(key),
            row_name(row) or key[-1],
            f"{row['sku'] or ''} {currency}",
            _text(cents, currency),
        )
        for key, row, cents, currency in rows
    ]
    field = _field(platform)
    number_list.show(
        f"prices-{platform}", fields, lambda numbers: _save(field, numbers), t("listings.prices.save")
    )


def _field(platform: str) -> str:
    return "price" if platform == OWN else "listing_price"


def _rows(platform: str) -> list[tuple[tuple[str, ...], Row, int | None, str]]:
    """Each field: the key of its row, the row, the price in minor units, and its currency."""
    narrowed = CatalogFilter(platform="" if platform == OWN else platform)
    result: dict[tuple[str, ...], tuple[tuple[str, ...], Row, int | None, str]] = {}
    for row in records(cache.cached(catalog_table.catalog_table, narrowed)):
        if platform == OWN:
            if row["sku"]:
                key: tuple[str, ...] = (str(row["sku"]),)
                result.setdefault(key, (key, row, row["price"], str(row["currency"] or "CNY")))
        elif row["listing_id"]:
            key = (str(row["platform"]), str(row["listing_id"]))
            wanted = row["wanted_price"] if row["stated_at"] else None
            cents = row["listing_price"] if wanted is None else wanted
            result[key] = (key, row, cents, str(row["listing_currency"] or "CNY"))
    return list(result.values())


def _text(cents: int | None, currency: str) -> str:
    return "" if cents is None else str(to_decimal(int(cents), currency))


def _save(field: str, numbers: list[TypedNumber]) -> Outcome:
    """Save what nobody else changed meanwhile, in one action with one undo; the rest stays as a conflict."""
    outcome = Outcome()
    by_key = {tuple(number.key.split(SEPARATOR)): number for number in numbers}
    typed = [Cell(field, key, number.value.replace("，", ".")) for key, number in by_key.items()]
    shown = [Cell(field, key, number.before) for key, number in by_key.items()]
    db, user = cache.database(), actor.actor()
    planned = bulk_edit.plan(db, typed, actor=user)
    changed = {change.key for change in bulk_edit.plan(db, shown, actor=user).changes}
    outcome.problems = {
        SEPARATOR.join(item.where.key): item.problem
        for item in planned.rejected
        if item.where.key not in changed
    }
    mine = tuple(change for change in planned.changes if change.key not in changed)
    audit_id = feedback.act(bulk_edit.apply, EditPlan(mine, (), planned.ready)) if mine else None
    if audit_id is not None or not mine:
        left = changed | {item.where.key for item in planned.rejected}
        outcome.saved = [number for key, number in by_key.items() if key not in left]
    if audit_id is not None:
        feedback.report(common.saved(len(mine)), audit_id)
    if changed:
        feedback.store_error(ChangedMeanwhile(what=", ".join(sorted(key[-1] for key in changed))))
    return outcome
