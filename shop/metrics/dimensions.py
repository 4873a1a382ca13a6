"""Sales cut by what the potter knows: form, glaze, size, family, design and our own SKU.

A sold wording finds its variant through `sold_match`, the variant its product. What is not matched
yet, and what the owner set aside as no piece of the shop (shipping, gift wrap), are groups of their
own: a cut adds up to the figure without it.

The figures come from the SKU roll-ups, added up by SKU before the catalog is joined. Where one sold
code stands for several of our SKUs (a code per design that the platform sells in five glazes), only
the lines know which one was sold: those codes, and only those, are read from the lines.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from shop.metrics import refund_sql, rollups

CATALOG = ("variant", "product_code", "family", "form", "glaze", "size", "clay", "packing")
UNMATCHED = "(unmatched)"
IGNORED = "(ignored)"
GROUPS = (UNMATCHED, IGNORED)
"""The groups of what no variant is known for; '' is a variant for which nothing was typed in."""

MATCHED = f"COALESCE(v.sku, CASE m.how WHEN 'ignored' THEN '{IGNORED}' ELSE '{UNMATCHED}' END)"
BY_NAME = """
 LEFT JOIN sold_match m ON m.shop_id = {of}.shop_id AND m.name_key = {of}.name_key
 LEFT JOIN variant v ON v.shop_id = m.shop_id AND v.sku = m.sku
"""
"""How a row with a `name_key` finds its variant, as `m` and `v`."""
OF_PRODUCT = " LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code"
WORDINGS = f"FROM sold_name n{BY_NAME.format(of='n')} WHERE n.shop_id = :shop GROUP BY n.sku"
KEPT = ("platform", "currency", "carrier", "seller")


def named(variant: str) -> dict[str, str]:
    """The SQL of each cut by the catalog, over a row joined to `v` and `p`."""
    cuts = {name: f"p.{name}" for name in ("family", "form", "glaze", "clay")} | {
        "variant": "v.sku",
        "product_code": "v.product_code",
        "size": "COALESCE(v.size, p.size)",
        "packing": "v.packing",
    }
    return {
        name: f"CASE WHEN v.sku IS NULL THEN {variant} ELSE COALESCE({sql}, '') END"
        for name, sql in cuts.items()
    }


def mixed(connection: Connection, shop_id: int) -> list[str]:
    """The sold codes that stand for more than one of our SKUs, so that only lines can tell."""
    rows = connection.execute(
        text(f"SELECT n.sku {WORDINGS} HAVING COUNT(DISTINCT {MATCHED}) > 1"), {"shop": shop_id}
    )
    return [str(row[0]) for row in rows]


def source(
    rolled_up: str,
    asked: Sequence[str],
    sums: Sequence[str],
    mixed_codes: Sequence[str],
    *,
    where: str,
    until: bool,
) -> str:
    """A SELECT of sales by our SKU: the `asked` raw columns (day, sku, KEPT), variant, and sums.

    `rolled_up` selects from the SKU roll-ups; `where` is what it is narrowed by. `until`: the last
    day counts only up to a moment.
    """
    cuts = list(asked)
    added = ", ".join(f"SUM({name}) AS {name}" for name in sums)
    keys = list(dict.fromkeys((*cuts, "sku")))
    clear = " AND sku NOT IN (SELECT value FROM json_each(:mixed))" if mixed_codes else ""
    parts = ", ".join(
        (
            *(f"b.{name}" for name in cuts),
            f"COALESCE(t.variant, '{UNMATCHED}') AS variant",
            *(f"b.{name}" for name in sums),
        )
    )
    found = (
        f"SELECT {parts} FROM (SELECT {', '.join(keys)}, {added} FROM ({rolled_up}) "
        f"WHERE 1{where}{clear} GROUP BY {', '.join(keys)}) b LEFT JOIN "
        f"(SELECT n.sku AS sold, MIN({MATCHED}) AS variant {WORDINGS}) t ON t.sold = b.sku"
    )
    if not mixed_codes:
        return found
    names = ", ".join((*cuts, "variant", *sums))
    return f"{found} UNION ALL SELECT {names} FROM ({_from_lines(until=until)}) WHERE 1{where}"


def values(mixed_codes: Sequence[str]) -> dict[str, Any]:
    """The parameters that `source` asks for."""
    return {"mixed": json.dumps(list(mixed_codes))} if mixed_codes else {}


ZEROS = dict.fromkeys(
    (name for name in rollups.SUMS if not name.startswith("first_")), "0"
)  # a sum that a part does not tell
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


def _from_lines(*, until: bool) -> str:
    """The sales and refunds of the mixed codes, told from their lines."""
    so_far = " AND (l.paid_on < :end OR l.paid_at < :until)" if until else ""
    refunded = " AND (r.refunded_on < :end OR COALESCE(r.refunded_at, 0) < :until)" if until else ""
    by_order = " AND f.paid_on < :end" if until else ""  # as the roll-up of a day so far
    lines = (
        f"SELECT l.paid_on AS day, l.platform, l.currency, l.carrier, l.seller, l.sku, {MATCHED} "
        f"AS variant, {_sums(LINE_SUMS)} FROM order_line l INDEXED BY order_line_paid_on"
        f"{BY_NAME.format(of='l')} WHERE l.shop_id = :shop AND l.paid_on BETWEEN :start AND :end "
        f"AND NOT l.is_gift AND l.sku IN (SELECT value FROM json_each(:mixed)){so_far}"
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
    return " UNION ALL ".join(
        (
            lines,
            _refunds(refunds, {"refund_cents": "s.share"}),
            _refunds(refund_sql.given_back(cohort), of_paid),
        )
    )


def _refunds(shares: str, sums: dict[str, str]) -> str:
    return (
        f"SELECT s.day, s.platform, s.currency, s.carrier, s.seller, s.sku, {MATCHED} AS variant, "
        f"{_sums(sums)} FROM (SELECT *, :shop AS shop_id FROM ({shares})) s"
        f"{BY_NAME.format(of='s')} WHERE s.sku IN (SELECT value FROM json_each(:mixed))"
    )


def _sums(known: dict[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in (ZEROS | known).items())
