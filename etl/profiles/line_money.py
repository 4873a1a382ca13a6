"""The money of order lines read by a profile: what a sum means, and what follows from the others.

    list value = seller's discount + platform's discount + paid for goods

Each amount column may contain more than goods (`includes` shipping, tax, gift) and may have lost its refunds
already (`refunds = "net"`); both are undone here, so that what is stored is goods alone, before refunds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.files.fields import Values
from etl.profiles.cells import Cells, rule_mask
from etl.profiles.fields import PARTS
from etl.tables.half_up import half_up
from shop.orders.batch import MISSING

MOST_CENTS = 10**15
FINER = 3  # decimals of a unit price beyond the minor unit: prices of materials, net prices


@dataclass(frozen=True)
class LineMoney:
    """The amount columns of order lines, and what was refunded of goods and of shipping (minor units)."""

    columns: dict[str, Values]
    refunded: Values
    refunded_shipping: Values


def line_money(cells: Cells, back: Values, cancelled: Values) -> LineMoney:
    """The money of each row; rows that cannot be are rejected by column.

    `back` are rows that take goods back; their amounts count without their sign. Rows of `cancelled` orders may have
    no pieces and no price.
    """
    rows = cells.rows
    pieces = _pieces(cells, back, cancelled)
    parts = {part: np.abs(cells.amounts(name)) for part, name in PARTS.items()}
    parts["shipping"] = np.maximum(parts["shipping"] - np.abs(cells.amounts("shipping_discount")), 0)
    shipping = parts["shipping"]
    refund = _reported_refund(cells)
    platform = np.abs(cells.amounts("platform_discount"))
    seller = np.abs(cells.amounts("seller_discount"))
    listed = _list_value(cells, pieces, parts, refund)
    if rows.has("paid"):
        paid = cells.amounts("paid", required=bool(back.any()) and bool(back.all()))
        rows.refuse_where(back & np.asarray(rows.cells("paid").is_null()), "paid", "Missing")
        paid = _goods(cells, "paid", np.where(back, np.abs(paid), paid), parts, refund)
    else:
        paid = listed - platform - seller
    if not (rows.has("list_total") or rows.has("unit_price")):
        listed = paid + platform + seller
    listed = np.where(cancelled & (pieces == 0), np.maximum(listed, paid + platform + seller), listed)
    seller = listed - platform - paid
    place = "paid" if rows.has("paid") else "unit_price"
    rows.refuse_where(paid < 0, place, "Negative")
    rows.refuse_where(seller < 0, place, "MoreThanList")
    rows.refuse_where(np.abs(listed) > MOST_CENTS, place, "TooMuch")
    goods = _refunded_goods(cells, refund, paid)
    columns = {
        "quantity": np.maximum(pieces, 0),
        "list_cents": listed,
        "seller_discount_cents": seller,
        "platform_discount_cents": platform,
        "buyer_paid_cents": paid,
        "shipping_cents": np.where((cells.amounts("shipping") < 0) & ~back, -shipping, shipping),
    }
    return LineMoney(columns, goods, np.clip(refund - goods, 0, shipping))


def _pieces(cells: Cells, back: Values, cancelled: Values) -> Values:
    rows = cells.rows
    if not rows.has("quantity"):
        return np.ones(len(rows), np.int64)
    quantity = rows.whole("quantity", required=True)
    known = quantity != MISSING
    if "begins" in cells.profile.returns:
        rows.refuse_where(back & known & (quantity >= 0), "quantity", "NotNegative")
    least = np.where(cancelled, 0, 1)
    rows.refuse_where(~back & known & (quantity < least), "quantity", "NotPositive")
    return np.where(known, np.abs(quantity), 0)


def _goods(cells: Cells, name: str, reported: Values, parts: dict[str, Values], refund: Values) -> Values:
    """An amount without what else it contains, and with the refunds that it has lost."""
    meaning = cells.profile.meaning(name)
    whole = reported + refund if meaning.refunds == "net" else reported
    contained = sum((parts[part] for part in meaning.includes), np.zeros(len(reported), np.int64))
    goods: Values = np.where(whole == 0, 0, whole - contained)
    return goods


def _list_value(cells: Cells, pieces: Values, parts: dict[str, Values], refund: Values) -> Values:
    """The reported total, else unit price x quantity, rounded half up to the minor unit."""
    rows = cells.rows
    if rows.has("list_total") or not rows.has("unit_price"):
        total = np.abs(cells.amounts("list_total", required=rows.has("list_total")))
        return _goods(cells, "list_total", total, parts, refund)
    if cells.profile.meaning("unit_price").per == "line":
        pieces = np.minimum(pieces, 1)
    unit = cells.amounts("unit_price", extra=FINER)
    rows.refuse_where((pieces > 0) & np.asarray(rows.cells("unit_price").is_null()), "unit_price", "Missing")
    factor = 10**FINER
    rows.refuse_where(unit < 0, "unit_price", "Negative")
    most = factor * MOST_CENTS // np.maximum(pieces, 1)
    rows.refuse_where((pieces > 0) & (unit > most), "unit_price", "TooMuch")
    unit = np.where((unit > 0) & (unit <= most), unit, 0)
    cents, difference = half_up(unit * pieces, factor)
    rows.roundings.note_by_currency("unit_price", difference, factor, cells.currencies)
    return cents


def refunded_amount(cells: Cells) -> Values:
    """The sum of each refund in minor units; without a column for it the price of a piece times the pieces."""
    rows = cells.rows
    if rows.has("amount"):
        amounts: Values = np.abs(cells.amounts("amount", required=True))
        return amounts
    pieces = rows.whole("quantity", required=True) if rows.has("quantity") else np.ones(len(rows), np.int64)
    nothing = np.zeros(len(rows), np.int64)
    return _list_value(cells, np.where(pieces == MISSING, 0, np.abs(pieces)), {}, nothing)


def _reported_refund(cells: Cells) -> Values:
    """What was refunded, of whatever kind: reported, or what is left of the paid sum afterwards."""
    rows = cells.rows
    refund: Values = np.abs(cells.amounts("refund"))
    if rows.has("paid_after_refund") and rows.has("paid"):
        left = cells.amounts("paid_after_refund")
        refund = np.where(left > 0, np.maximum(cells.amounts("paid") - left, 0), refund)
    return refund


def _refunded_goods(cells: Cells, refund: Values, paid: Values) -> Values:
    """The goods' part of what was refunded; rows that a [[refunded]] rule names are refunded wholly."""
    meaning = cells.profile.meaning("refund")
    goods = np.minimum(refund, np.maximum(paid, 0)) if meaning.includes else refund
    for rule in cells.profile.refunded:
        goods = np.where(rule_mask(cells.rows, rule) & (goods == 0), np.maximum(paid, 0), goods)
    return goods
