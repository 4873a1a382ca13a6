"""The suggested profile of a table of orders: grain and meaning of its sums, refunds by word, open questions."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from etl.profiles.draft import NONE, Draft, ask_column, words_of
from etl.profiles.patterns import key
from etl.profiles.sums import SHAREABLE, Sums, SumsReading

REFUNDED = re.compile(r"退款成功|已退款|全额退款|^refunded$|fully refunded", re.IGNORECASE)


def suggest_sums(draft: Draft, matches: dict[str, list[str]]) -> None:
    """What each sum means, by the arithmetic of the whole file; what stays open becomes a question."""
    values = draft.values
    sums = Sums(draft, values.get("money.decimal", "."))
    if sums.blank_ids:
        values["rules.carry_down"] = True
    elif sums.unique and "line_id" not in draft.columns:
        values["rules.one_row_per_order"] = True
        if not {"sku", "title", "product_id"} & draft.columns.keys():
            values["constants.sku"] = "(order)"
    _grains(draft, sums)
    _returns(draft, sums)
    _paid(draft, sums, matches)
    for name in sums.open_grains:
        if (header := draft.columns.get(name)) is not None:
            draft.ask(f"amounts.{name}.per", header, draft.samples(header), ("order", "line"))
    columns = draft.columns
    if (
        "unit_price" in columns
        and "list_total" not in columns
        and not _is_proved(draft)
        and sums.pieces().max(initial=1) > 1
    ):
        header = columns["unit_price"]
        draft.ask("amounts.unit_price.per", header, draft.samples(header), ("piece", "line"))
    if not {"unit_price", "list_total", "paid"} & columns.keys() and not _open_questions(
        draft, "columns.paid"
    ):
        draft.ask("columns.paid", None, (), [h for h in draft.unused() if draft.fits("paid", h)])
    if "shipping" in columns and "refund" in columns and _exceeds_goods(sums, columns):
        draft.ask(
            "amounts.refund.includes", columns["refund"], draft.samples(columns["refund"]), ("shipping", NONE)
        )


def _grains(draft: Draft, sums: Sums) -> None:
    for name in SHAREABLE:
        header = draft.columns.get(name)
        if header is None:
            continue
        sums.judge(name, header)
    if sums.per.get("list_total") == "order" and "unit_price" in draft.columns:
        del draft.values["columns.list_total"]  # each line's own price is more exact
        draft.values.pop("amounts.list_total.per", None)


def _returns(draft: Draft, sums: Sums) -> None:
    """Rows with pieces below zero, else with amounts below zero, take goods back."""
    for name in ("quantity", "paid", "list_total"):
        header = draft.columns.get(name)
        if header is not None and sums.has_negative(header):
            draft.values["returns.negative"] = name
            return


def _paid(draft: Draft, sums: Sums, matches: dict[str, list[str]]) -> None:
    """Which column is paid and what it contains: the one reading that the orders obey, else a question."""
    columns = draft.columns
    taken = set(columns.values())
    choices = (
        [columns["paid"]] if "paid" in columns else [h for h in matches.get("paid", ()) if h not in taken]
    )
    parts: dict[str, str] = {
        name: columns[name] for name in ("shipping", "tax") if name in columns and sums.has_any(columns[name])
    }
    refund = columns.get("refund")
    refund = refund if refund and sums.has_any(refund) else None
    readings = _proved(draft, sums, choices, parts, refund, matches.get("seller_discount", ()))
    for name in SHAREABLE:
        if sums.per.get(name) == "order" and name in columns:
            draft.values[f"amounts.{name}.per"] = "order"
    readings.sort(
        key=lambda r: (-len(r.discounts), r.base != "unit_price", len(r.includes), choices.index(r.paid))
    )
    if not readings or _is_list_value(sums, readings[0], choices):
        _ask_about_paid(draft, choices, parts, refund)
        return
    _take_reading(draft, sums, readings[0])
    _ask_about_shipping(draft, sums, readings[0], parts)


def _proved(
    draft: Draft,
    sums: Sums,
    choices: list[str],
    parts: dict[str, str],
    refund: str | None,
    discounts: Sequence[str],
) -> list[SumsReading]:
    """The readings that the orders obey; where there is none, those with another column as seller's discount."""
    readings = sums.proved(choices, parts, refund)
    given = draft.columns.get("seller_discount")
    if readings or not given:
        return readings
    for header in (*discounts, given):
        draft.values["columns.seller_discount"] = draft.columns["seller_discount"] = header
        sums.judge("seller_discount", header)
        if header != given and (readings := sums.proved(choices, parts, refund)):
            break
    return readings


def _ask_about_paid(draft: Draft, choices: list[str], parts: dict[str, str], refund: str | None) -> None:
    """Questions of a paid column that no reading explains."""
    if len(choices) > 1:
        ask_column(draft, "paid", choices)
    if choices and parts:
        draft.ask(
            "amounts.paid.includes", choices[0], draft.samples(choices[0]), (", ".join(parts), *parts, NONE)
        )
    if choices and refund:
        draft.ask("amounts.paid.refunds", choices[0], draft.samples(choices[0]), ("gross", "net"))


def _take_reading(draft: Draft, sums: Sums, best: SumsReading) -> None:
    """Write the reading of the paid column and of its parts into the profile."""
    values, columns = draft.values, draft.columns
    values["columns.paid"] = columns["paid"] = best.paid
    if sums.grain("paid", best.paid) == "order":
        values["amounts.paid.per"] = "order"
    if best.base == "list_total" and "unit_price" in columns:  # the price before a discount, or of a set
        del values["columns.unit_price"]
        if not sums.unique:
            values["amounts.list_total.per"] = sums.per.get("list_total") or "line"
    if best.includes:
        values["amounts.paid.includes"] = list(best.includes)
    if "shipping" in best.includes and not best.shipping_is_less:
        values.pop("columns.shipping_discount", None)
        values.pop("amounts.shipping_discount.per", None)
    if best.refunds == "net":
        values["amounts.paid.refunds"] = "net"
    for name in ("seller_discount", "platform_discount"):
        if name in columns and name not in best.discounts and sums.has_any(columns[name]):
            del values[f"columns.{name}"]  # the list value has lost it already
            values.pop(f"amounts.{name}.per", None)


def _ask_about_shipping(draft: Draft, sums: Sums, best: SumsReading, parts: dict[str, str]) -> None:
    """Questions of shipping that the reading leaves open."""
    columns = draft.columns
    if "shipping" in columns and "shipping" not in parts and sums.unique:
        draft.ask("amounts.paid.includes", best.paid, draft.samples(best.paid), (NONE, "shipping"))
    elif "shipping" in parts and not best.includes and "unit_price" not in columns:
        for name in ("list_total", "paid"):  # both may contain it
            draft.ask(
                f"amounts.{name}.includes", columns[name], draft.samples(columns[name]), (NONE, "shipping")
            )


def _is_list_value(sums: Sums, best: SumsReading, choices: list[str]) -> bool:
    """Whether a column only repeats the list value while another states less: that one may be what was paid."""
    if best.discounts or best.includes or best.refunds == "net":
        return False
    of_best = sums.of_orders(best.paid, sums.grain("paid", best.paid))
    for header in choices:
        other = sums.of_orders(header, sums.grain("paid", header))
        if ((other > 0) & (other < of_best)).any():
            return True
    return False


def _is_proved(draft: Draft) -> bool:
    """Whether the arithmetic has shown what the paid column means, and with it the list value."""
    return "paid" in draft.columns and not any(
        q.code.startswith(("amounts.paid", "columns.paid")) for q in draft.questions
    )


def _exceeds_goods(sums: Sums, columns: dict[str, str]) -> bool:
    """Whether some order got more back than its goods cost: shipping may be in the refund."""
    refund = sums.of_orders(columns["refund"], sums.per.get("refund"))
    size = len(refund)
    listed = np.bincount(sums.codes, sums.weights, size)
    return bool(((refund > listed) & (listed > 0)).any())


def _open_questions(draft: Draft, code: str) -> bool:
    return any(question.code == code for question in draft.questions)


def suggest_after_sale(draft: Draft) -> None:
    """Rows that only a word calls refunded; and the column that calls rows gifts."""
    columns, values = draft.columns, draft.values
    if "gift_of" in columns:
        values["gifts"] = [{"column": "gift_of", "filled": True}]
    if "refund" in columns or "paid_after_refund" in columns or _open_questions(draft, "columns.refund"):
        values.pop("columns.after_sale", None)
        return
    for name in ("after_sale", "status"):
        words = [w for w in words_of(draft, columns[name]) if REFUNDED.search(w)] if name in columns else []
        if words:
            values["refunded"] = [{"column": name, "equals": word} for word in words]
            return


def ask_open_fields(draft: Draft) -> None:
    """Questions for what figures need and no header states, where a column is left that could be it."""
    rough = {
        "quantity": r"数|量|qty|cnt|count|num(?!ber)|pieces|items",
        "paid_at": r"付|支|paid|pay|完成|time|date",
    }
    rough |= {"refund": r"退|refund|return", "status": r"状态|status|state"}
    rough |= {"paid": r"实付|实收|支付|付款|paid|pay"}
    for name, pattern in rough.items():
        if name in draft.columns or _open_questions(draft, f"columns.{name}"):
            continue
        if name == "refund" and ({"paid_after_refund"} & draft.columns.keys() or "refunded" in draft.values):
            continue
        left = [h for h in draft.unused() if re.search(pattern, key(h)) and draft.fits(name, h)]
        left = [header for header in left if len(draft.cells(header))]
        if left:
            draft.ask(
                f"columns.{name}",
                None,
                [f"{h}: {', '.join(draft.samples(h)[:2])}" for h in left],
                (*left, NONE),
            )
