"""Sales cut by what the potter knows: form, glaze, size, family, design and our own SKU.

A sold wording finds its variant through `sold_match`, the variant its product. What is not matched
yet, and what the owner ignores as no piece of the shop (shipping, gift wrap), are groups of their
own: a cut adds up to the figure without it.

The figures come from the SKU roll-ups, added up by SKU before the catalog is joined. Where one sold
code stands for several of our SKUs (a code per design that the platform sells in five glazes), only
the lines know which one was sold: those codes, and only those, are read from the lines.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    TextualSelect,
    case,
    column,
    func,
    select,
    text,
    union_all,
)

from shop.db.dialect import constant, json_items, parameter
from shop.metrics import refund_sql, rollups
from shop.models import Product, SoldMatch, SoldName, Variant
from shop.models.base import table_of

CATALOG = ("variant", "product_code", "family", "form", "glaze", "size", "clay", "packing")
UNMATCHED = "(unmatched)"
IGNORED = "(ignored)"
GROUPS = (UNMATCHED, IGNORED)
"""The groups of what no variant is known for; '' is a variant for which nothing was typed in."""
SALES_KEYS = ("platform", "currency", "carrier", "seller")

# As text, for statements that are written as text.
MATCHED = f"COALESCE(v.sku, CASE m.how WHEN 'ignored' THEN '{IGNORED}' ELSE '{UNMATCHED}' END)"
BY_NAME = """
 LEFT JOIN sold_match m ON m.shop_id = {of}.shop_id AND m.name_key = {of}.name_key
 LEFT JOIN variant v ON v.shop_id = m.shop_id AND v.sku = m.sku
"""
"""How a row with a `name_key` finds its variant, as `m` and `v`."""
OF_PRODUCT = " LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code"
WORDINGS = f"FROM sold_name n{BY_NAME.format(of='n')} WHERE n.shop_id = :shop GROUP BY n.sku"

MATCH = table_of(SoldMatch).alias("m")
VARIANT = table_of(Variant).alias("v")
PRODUCT = table_of(Product).alias("p")
WORDING = table_of(SoldName).alias("n")


def matched() -> ColumnElement[Any]:
    """The SKU of ours that a row joined by `with_variant` is, or its group."""
    return func.coalesce(
        VARIANT.c.sku, case((MATCH.c.how == constant("ignored"), constant(IGNORED)), else_=_unmatched())
    )


def _unmatched() -> ColumnElement[Any]:
    return constant(UNMATCHED)


def with_variant(rows: FromClause, of: FromClause | None = None) -> FromClause:
    """Rows with the variant of their `name_key`; `of` is the table that has it, where rows are joined."""
    of = rows if of is None else of
    return rows.outerjoin(
        MATCH, (MATCH.c.shop_id == of.c.shop_id) & (MATCH.c.name_key == of.c.name_key)
    ).outerjoin(VARIANT, (VARIANT.c.shop_id == MATCH.c.shop_id) & (VARIANT.c.sku == MATCH.c.sku))


def with_product(rows: FromClause) -> FromClause:
    """Rows that are joined to their variant, with its product."""
    same = (PRODUCT.c.shop_id == VARIANT.c.shop_id) & (PRODUCT.c.product_code == VARIANT.c.product_code)
    return rows.outerjoin(PRODUCT, same)


def catalog_columns(sku: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """Each dimension of the catalog, over rows joined to variant and product; `sku` is their own."""
    known = {name: PRODUCT.c[name] for name in ("family", "form", "glaze", "clay")} | {
        "variant": VARIANT.c.sku,
        "product_code": VARIANT.c.product_code,
        "size": func.coalesce(VARIANT.c.size, PRODUCT.c.size),
        "packing": VARIANT.c.packing,
    }
    empty = constant("")
    return {
        name: case((VARIANT.c.sku.is_(None), sku), else_=func.coalesce(value, empty))
        for name, value in known.items()
    }


def ambiguous_codes(connection: Connection, shop_id: int) -> list[str]:
    """The sold codes that stand for more than one of our SKUs, so that only lines know which."""
    return [str(code) for code in connection.scalars(_ambiguous(), {"shop": shop_id})]


@cache
def _ambiguous() -> Select[Any]:
    several = table_of(SoldName).alias("several")
    codes = (
        select(several.c.sku)
        .where(several.c.shop_id == parameter("shop"))
        .group_by(several.c.sku)
        .having(func.count() > constant(1))
    )
    return (
        select(WORDING.c.sku)
        .select_from(with_variant(WORDING))
        .where(WORDING.c.shop_id == parameter("shop"), WORDING.c.sku.in_(codes))
        .group_by(WORDING.c.sku)
        .having(func.count(matched().distinct()) > constant(1))
    )


def _variant_of(code: ColumnElement[Any]) -> ColumnElement[Any]:
    """Our SKU of a sold code, or its group; read for each code, as few of all are sold in a range."""
    return (
        select(func.min(matched()))
        .select_from(with_variant(WORDING))
        .where(WORDING.c.shop_id == parameter("shop"), WORDING.c.sku == code)
        .scalar_subquery()
    )


def sales_by_variant(
    rolled_up: Subquery,
    columns: Sequence[str],
    sums: Sequence[str],
    *,
    has_ambiguous: bool,
    of_one_currency: bool,
    until: bool,
) -> FromClause:
    """Sales by our SKU: the raw `columns` (day, sku, SALES_KEYS), variant, and sums, as `f`.

    `rolled_up` are the SKU roll-ups. `has_ambiguous`: codes bound as `ambiguous` are read from the lines.
    `until`: the last day counts only up to a moment.
    """
    keys = [rolled_up.c[name] for name in dict.fromkeys((*columns, "sku"))]
    by_code = select(*keys, *(func.sum(rolled_up.c[name]).label(name) for name in sums)).group_by(*keys)
    if of_one_currency:
        by_code = by_code.where(rolled_up.c.currency == parameter("currency"))
    if has_ambiguous:
        by_code = by_code.where(rolled_up.c.sku.not_in(json_items("ambiguous")))
    sold = by_code.subquery("b")
    rows = select(
        *(sold.c[name] for name in columns),
        func.coalesce(_variant_of(sold.c.sku), _unmatched()).label("variant"),
        *(sold.c[name] for name in sums),
    )
    if not has_ambiguous:
        return rows.subquery("f")
    lines = _from_lines(until=until).subquery("lines")
    of_lines = select(*(lines.c[name] for name in (*columns, "variant", *sums)))
    if of_one_currency:
        of_lines = of_lines.where(lines.c.currency == parameter("currency"))
    return union_all(rows, of_lines).subquery("f")


def values(ambiguous: Sequence[str]) -> dict[str, Any]:
    """The parameters that `sales_by_variant` needs."""
    return {"ambiguous": json.dumps(list(ambiguous))} if ambiguous else {}


ZEROS = dict.fromkeys(
    (name for name in rollups.SUMS if not name.startswith("first_")), "0"
)  # a sum that a part does not have
LINE_SUMS = {
    "units": "l.quantity",
    "lines": "1",
    **{
        name: f"l.{name}"
        for name in (
            "list_cents",
            "seller_discount_cents",
            "platform_discount_cents",
            "buyer_paid_cents",
            "shipping_cents",
        )
    },
}


def _from_lines(*, until: bool) -> TextualSelect:
    """The sales and refunds of the ambiguous codes, from their lines."""
    so_far = " AND (l.paid_on < :end OR l.paid_at < :until)" if until else ""
    refunded = " AND (r.refunded_on < :end OR COALESCE(r.refunded_at, 0) < :until)" if until else ""
    by_order = " AND f.paid_on < :end" if until else ""  # as the roll-up of a day so far
    lines = (
        f"SELECT l.paid_on AS day, l.platform, l.currency, l.carrier, l.seller, l.sku, {MATCHED} "
        f"AS variant, {_sums(LINE_SUMS)} FROM order_line l INDEXED BY order_line_paid_on"
        f"{BY_NAME.format(of='l')} WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end "
        f"AND NOT l.is_gift AND l.sku IN (SELECT value FROM json_each(:ambiguous)){so_far}"
    )
    refunds = refund_sql.shares(
        refund_sql.REFUNDED_ON,
        f"r.shop_id = :shop AND r.refunded_on BETWEEN :start AND :end{refunded}",
        day="r.refunded_on",
    )
    cohort = refund_sql.shares(
        refund_sql.PAID_WITH_REFUND,
        refund_sql.FIRST_PAID.replace("= :day", "BETWEEN :start AND :end") + by_order,
        day="f.paid_on",
    )
    of_paid = {"refund_by_order_cents": "s.share", "returned_units": "s.back"}
    parts = (
        lines,
        _refunds(refunds, {"refund_cents": "s.share"}),
        _refunds(refund_sql.refunded_lines(cohort), of_paid),
    )
    names = ("day", *SALES_KEYS, "sku", "variant", *ZEROS)
    return text(" UNION ALL ".join(parts)).columns(*map(column, names))


def _refunds(shares: str, sums: dict[str, str]) -> str:
    return (
        f"SELECT s.day, s.platform, s.currency, s.carrier, s.seller, s.sku, {MATCHED} AS variant, "
        f"{_sums(sums)} FROM (SELECT *, :shop AS shop_id FROM ({shares})) s"
        f"{BY_NAME.format(of='s')} WHERE s.sku IN (SELECT value FROM json_each(:ambiguous))"
    )


def _sums(known: dict[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in (ZEROS | known).items())
