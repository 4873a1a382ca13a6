"""Clay, glazes and boxes on the page: what there is, what to order, buying, counting, and lists of use."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.choices import distinct_labels
from dashboard.text.metrics import Column
from dashboard.ui import cache, feedback, tables, text
from dashboard.ui.money_field import money_input
from dashboard.views.kiln import common
from shop.kiln import board, material_levels, materials
from shop.kiln.material_levels import MaterialLevel
from shop.kiln.materials import KINDS, TAKES

DEEDS = ("buy", "count", "waste", "add")


def part(today: Any) -> None:
    """The part of the page: the table, then what can be done."""
    result = cache.cached(material_levels.material_levels)
    if result:
        text.heading(t("kiln.materials.title"))
        tables.show("materials", _table(result), _columns())
    else:
        text.note(t("kiln.materials.none"))
    deed = st.segmented_control(
        t("kiln.materials.deed"),
        (*DEEDS, "uses") if result else ("add",),
        key="material-deed",
        format_func=lambda name: t(f"kiln.materials.deeds.{name}"),
        label_visibility="collapsed",
        default="buy" if result else "add",
        required=True,
    )
    if deed == "add":
        _add(result)
    elif deed == "uses":
        _uses(result)
    else:
        _move(deed, result, today)


def _table(result: list[MaterialLevel]) -> pd.DataFrame:
    rows = [
        (
            item.name,
            t(f"kiln.materials.kinds.{item.kind}"),
            common.amount(item.on_hand, item.unit),
            item.cents_a_unit if common.is_owner() else None,
            item.days_left,
            common.amount(item.order, item.unit) if item.order else "",
            item.supplier or "",
            _remark(item),
        )
        for item in sorted(result, key=lambda item: not item.order)
    ]
    names = ["name", "kind", "on_hand", "price", "days_left", "order", "supplier", "remark"]
    return pd.DataFrame(rows, columns=names).astype({"price": "Int64", "days_left": "Int64"})


def _remark(item: MaterialLevel) -> str:
    if item.overuses:
        return t("kiln.materials.found", times=item.overuses)
    return t("kiln.materials.packed", amount=common.amount(item.packed, item.unit)) if item.packed else ""


def _columns() -> list[Column]:
    kinds = {"price": "money", "days_left": "count"}
    names = ("name", "on_hand", "order", "days_left", "price", "kind", "supplier", "remark")
    return [
        Column(name, t(f"kiln.materials.columns.{name}"), kinds.get(name, "text"))
        for name in names
        if name != "price" or common.is_owner()
    ]


def _move(deed: str, result: list[MaterialLevel], today: Any) -> None:
    """Buying, counting or throwing away."""
    names = {item.material_id: item for item in result}
    with st.form(f"material-{deed}"), st.container(key=f"touch-material-{deed}"):
        material = st.selectbox(
            t("kiln.materials.which"),
            tuple(names),
            key=f"{deed}-material",
            format_func=distinct_labels(names, lambda name: _with_unit(names[name])),
        )
        with st.container(horizontal=True):
            amount = st.number_input(
                t(f"kiln.materials.amount.{deed}"),
                min_value=0.0,
                value=None,
                format="%.3f",
                key=f"{deed}-amount",
                width=160,
            )
            money = None
            if deed == "buy":
                money = money_input(t("kiln.materials.money"), "buy-money", width=160)
            day = st.date_input(t("kiln.day"), value=today, max_value=today, key=f"{deed}-day", width=150)
        if st.form_submit_button(t(f"kiln.materials.save.{deed}"), key=f"{deed}-save", type="primary"):
            _record_movement(deed, names[material], amount, money, day)
            st.rerun()


def _with_unit(item: MaterialLevel) -> str:
    return f"{item.name} ({item.unit})"


def _record_movement(
    deed: str, item: MaterialLevel, amount: float | None, money: int | None, day: Any
) -> None:
    if amount is None or (deed == "buy" and money is None):
        feedback.report(t("kiln.materials.incomplete"))
        return
    given = round(amount * 1000)
    if deed == "buy":
        number = feedback.act(materials.buy, item.material_id, given, money, on=day)
    else:
        command = materials.count if deed == "count" else materials.waste
        number = feedback.act(command, item.material_id, given, on=day)
    if number is not None:
        message = t("kiln.materials.done", name=item.name, amount=common.amount(given, item.unit))
        feedback.report(message, _back(number) if number else None)


def _back(movement: int) -> Any:
    from dashboard.ui import actor

    return lambda: materials.undo_movement(cache.database(), movement, actor=actor.actor())


def _add(result: list[MaterialLevel]) -> None:
    """A new material, or a known one changed by its short name."""
    with st.form("material-add"), st.container(key="touch-material-add"):
        with st.container(horizontal=True):
            name = st.text_input(t("kiln.materials.name"), key="add-name", width=190)
            kind = st.selectbox(
                t("kiln.materials.kind"),
                KINDS,
                key="add-kind",
                width=130,
                format_func=lambda name: t(f"kiln.materials.kinds.{name}"),
            )
            unit = st.text_input(t("kiln.materials.unit"), value="kg", key="add-unit", width=90)
        with st.container(horizontal=True):
            point, order = (
                st.number_input(
                    t(f"kiln.materials.{name_}"),
                    min_value=0.0,
                    value=None,
                    format="%.3f",
                    key=f"add-{name_}",
                    width=160,
                )
                for name_ in ("reorder_at", "order")
            )
            supplier = st.text_input(t("kiln.materials.supplier"), key="add-supplier", width=160)
        if st.form_submit_button(t("kiln.materials.save.add"), key="add-save", type="primary") and name:
            number = feedback.act(
                materials.add_material,
                name.strip(),
                kind=kind,
                unit=unit.strip() or "kg",
                reorder_point=None if point is None else round(point * 1000),
                reorder_amount=None if order is None else round(order * 1000),
                supplier=supplier.strip() or None,
            )
            if number is not None:
                feedback.report(t("kiln.materials.added", name=name), number)
            st.rerun()


def _uses(result: list[MaterialLevel]) -> None:
    """What one piece of a design takes, material by material."""
    designs = dict(cache.cached(board.makeable))
    if not designs:
        text.note(t("kiln.new.no_design"))
        return
    sku = st.selectbox(
        t("kiln.new.design"),
        tuple(designs),
        key="uses-sku",
        format_func=lambda name: f"{designs[name]} · {name}",
    )
    known = cache.cached(materials.uses_of, sku)
    if known:
        table = pd.DataFrame(
            [
                (common.stage(stage), name, common.amount(amount, unit))
                for stage, _, name, unit, amount in known
            ],
            columns=["stage", "material", "amount"],
        )
        tables.show(
            "uses", table, [Column(name, t(f"kiln.uses.{name}")) for name in ("stage", "material", "amount")]
        )
    else:
        text.note(t("kiln.uses.none"))
    _use_form(sku, result)
    others = [name for name in designs if name != sku]
    if others:
        _copy_form(sku, others, designs)


def _use_form(sku: str, result: list[MaterialLevel]) -> None:
    names = {item.material_id: item for item in result}
    with st.form("uses-set"), st.container(horizontal=True, vertical_alignment="bottom", key="touch-uses"):
        stage = st.selectbox(
            t("kiln.uses.stage"), TAKES, key="uses-stage", width=130, format_func=common.stage
        )
        material = st.selectbox(
            t("kiln.uses.material"),
            tuple(names),
            key="uses-material",
            width=170,
            format_func=distinct_labels(names, lambda name: _with_unit(names[name])),
        )
        amount = st.number_input(
            t("kiln.uses.amount"), min_value=0.0, value=None, format="%.3f", key="uses-amount", width=140
        )
        if st.form_submit_button(t("kiln.uses.save"), key="uses-save") and amount is not None:
            number = feedback.act(materials.set_uses, sku, {(material, stage): round(amount * 1000)})
            if number is not None:
                feedback.report(t("kiln.uses.saved", sku=sku), number)
            st.rerun()


def _copy_form(sku: str, others: list[str], designs: dict[str, str]) -> None:
    with (
        st.form("uses-copy"),
        st.container(horizontal=True, vertical_alignment="bottom", key="touch-uses-copy"),
    ):
        of = st.selectbox(
            t("kiln.uses.like"), others, key="uses-like", format_func=lambda name: f"{designs[name]} · {name}"
        )
        if st.form_submit_button(t("kiln.uses.copy"), key="uses-copy-save"):
            number = feedback.act(materials.copy_uses, sku, of)
            if number is not None:
                feedback.report(t("kiln.uses.saved", sku=sku), number)
            st.rerun()
