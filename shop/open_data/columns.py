"""A view with the name, the unit and the meaning of each column, and the SQL that its columns share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shop.access.roles import Permission
from shop.core.money import DIGITS
from shop.db.dialect import shop_time

Kind = Literal["text", "day", "instant", "shop time", "count", "number", "minor units", "money", "flag"]


@dataclass(frozen=True)
class ViewColumn:
    """One column: its SQL in the view, its kind, and what it means in two languages.

    Kinds: day is ISO text of the shop's own day, instant is seconds UTC, shop time is ISO text on the shop's clock,
    minor units are whole (分), money is the same amount in whole units of the currency.
    """

    name: str
    sql: str
    kind: Kind
    en: str
    zh: str


@dataclass(frozen=True)
class OpenView:
    """One view: what a row is, its columns, the rows it reads, and what a role must be allowed to see it.

    `month_of` is the day column by whose month the Parquet files are split, where an index leads to the rows of a
    month. Every view but the calendar has shop_id.
    """

    name: str
    en: str
    zh: str
    access: Permission
    rows: str
    columns: tuple[ViewColumn, ...]
    month_of: str | None = None

    @property
    def sql(self) -> str:
        """The statement that creates the view."""
        names = ",\n  ".join(f"{column.sql} AS {column.name}" for column in self.columns)
        return f"CREATE VIEW {self.name} AS\nSELECT\n  {names}\n{self.rows.strip()}"


Pair = tuple[ViewColumn, ViewColumn]


def text(name: str, sql: str, en: str, zh: str) -> ViewColumn:
    """A column of text, an id or a code."""
    return ViewColumn(name, sql, "text", en, zh)


def day(name: str, sql: str, en: str, zh: str) -> ViewColumn:
    """A column of a shop day."""
    return ViewColumn(name, sql, "day", en, zh)


def count(name: str, sql: str, en: str, zh: str) -> ViewColumn:
    """A column of a whole number."""
    return ViewColumn(name, sql, "count", en, zh)


def number(name: str, sql: str, en: str, zh: str) -> ViewColumn:
    """A column of a fraction or an average."""
    return ViewColumn(name, sql, "number", en, zh)


def flag(name: str, sql: str, en: str, zh: str) -> ViewColumn:
    """A column that is true or false: 1 or 0 in SQLite."""
    return ViewColumn(name, sql, "flag", en, zh)


def at(name: str, sql: str, en: str, zh: str) -> Pair:
    """A moment as `name`_at (seconds UTC) and as `name`_time (on the clock of the shop, whose table is `t`)."""
    return (
        ViewColumn(f"{name}_at", sql, "instant", en, zh),
        ViewColumn(f"{name}_time", shop_time(sql, "t.shop_id"), "shop time", en, zh),
    )


def money(name: str, sql: str, en: str, zh: str, *, currency: str = "t.currency") -> Pair:
    """An amount as `name`_cents (minor units) and as `name` (whole units of the currency that `currency` gives)."""
    return (
        ViewColumn(f"{name}_cents", sql, "minor units", en, zh),
        ViewColumn(name, f"({sql}) / {_units(currency)}", "money", en, zh),
    )


def columns(*parts: ViewColumn | Iterable[ViewColumn]) -> tuple[ViewColumn, ...]:
    """Columns and groups of columns in one row."""
    return tuple(
        column for part in parts for column in ((part,) if isinstance(part, ViewColumn) else tuple(part))
    )


def _units(currency: str) -> str:
    """How many minor units one unit of a currency has, as a number with a fraction."""
    cases = [
        f"WHEN {currency} IN ({', '.join(repr(code) for code in DIGITS if DIGITS[code] == digits)}) THEN {10**digits}.0"
        for digits in sorted(set(DIGITS.values()))
    ]
    return f"CASE {' '.join(cases)} ELSE 100.0 END"


SHOP = count("shop_id", "t.shop_id", "number of the shop", "店铺编号")
PLATFORM = text("platform", "t.platform", "platform: douyin, kuaishou, tiktok …", "平台")
CURRENCY = text("currency", "t.currency", "currency of the amounts (ISO 4217)", "金额的币种（ISO 4217）")
CARRIER = text(
    "carrier",
    "t.carrier",
    "what brought the sale: live, video, product_card …",
    "载体：直播、短视频、商品卡等",
)
SELLER = text("seller", "t.seller", "own, or partner (a creator)", "自营（own）或达人带货（partner）")
SKU = text("sku", "t.sku", "our SKU", "本店 SKU")
CATALOG = columns(
    text("product_code", "v.product_code", "design of that SKU", "款式编码"),
    text("family", "p.family", "family of the design", "系列"),
    text("form", "p.form", "form", "器型"),
    text("glaze", "p.glaze", "glaze", "釉色"),
    text("size", "COALESCE(v.size, p.size)", "size", "尺寸"),
)
"""The design of a row that is joined to its variant `v` and product `p`."""
