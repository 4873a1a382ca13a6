"""Every catalog field that people type: its labels in both languages, its kind and its limits.

The table on the Listings page, the forms, the command line and the exported file all use this list. Money
is typed in whole units and stored in minor units; an empty cell means “not known”."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shop.core.errors import ShopError
from shop.core.money import minor_per_unit, to_minor
from shop.models.catalog import GRADES, LISTING_STATES, POLICIES
from shop.stock.sets import parse_parts, parts_text

Table = Literal["product", "variant", "piece", "listing"]
Kind = Literal["text", "long", "money", "count", "choice", "truth", "day", "parts"]
MOST_CENTS = 10**11


@dataclass(frozen=True)
class CatalogField:
    """One field: where it is stored, its labels, and its allowed values.

    `is_key` names the row, `is_required` may not be emptied; `is_read_only` is what a platform states: it
    is shown and exported, not typed.
    """

    name: str
    table: Table
    kind: Kind
    zh: str
    en: str
    column: str = ""
    choices: tuple[str, ...] = ()
    most: int = 200
    least: int = 0
    is_key: bool = False
    is_required: bool = False
    is_read_only: bool = False

    @property
    def place(self) -> str:
        """The database column that stores it."""
        return self.column or self.name

    def label(self, language: str) -> str:
        """What it is called in a language."""
        return self.zh if language == "zh" else self.en


F = CatalogField
FIELDS: tuple[CatalogField, ...] = (
    F("product_code", "product", "text", "款号", "Product code", most=300, is_key=True),
    F("product_title", "product", "text", "款名", "Product", "title", most=500, is_required=True),
    F("family", "product", "text", "系列", "Family", most=60),
    F("form", "product", "text", "器型", "Form", most=60),
    F("glaze", "product", "text", "釉色", "Glaze", most=60),
    F("clay", "product", "text", "泥料", "Clay", most=60),
    F("product_size", "product", "text", "款式尺寸", "Product size", "size", most=60),
    F("is_food_safe", "product", "truth", "釉面食品安全", "Food-safe glaze"),
    F("description", "product", "long", "描述", "Description", most=20_000),
    F(
        "product_archived",
        "product",
        "truth",
        "款式已归档",
        "Product archived",
        "is_archived",
        is_required=True,
    ),
    F("sku", "variant", "text", "SKU", "SKU", most=300, is_key=True),
    F("variant_title", "variant", "text", "规格", "Variant", "title", most=300),
    F("price", "variant", "money", "定价", "Price", "price_cents", most=MOST_CENTS),
    F("currency", "variant", "text", "币种", "Currency", most=3, is_required=True),
    F("stock_policy", "variant", "choice", "供货方式", "Supply", choices=POLICIES, is_required=True),
    F("lead_days", "variant", "count", "制作天数", "Lead days", most=730),
    F("grade", "variant", "choice", "等级", "Grade", choices=GRADES, is_required=True),
    F("seconds_of", "variant", "text", "正品 SKU", "Seconds of", most=300),
    F("size", "variant", "text", "尺寸", "Size", most=60),
    F("height_mm", "variant", "count", "高 (mm)", "Height (mm)", least=1, most=5_000),
    F("width_mm", "variant", "count", "宽 (mm)", "Width (mm)", least=1, most=5_000),
    F("volume_ml", "variant", "count", "容量 (ml)", "Volume (ml)", least=1, most=200_000),
    F("weight_g", "variant", "count", "重量 (g)", "Weight (g)", least=1, most=200_000),
    F("shelf_cm2", "variant", "count", "占窑板 (cm²)", "Kiln shelf (cm²)", least=1, most=100_000),
    F("packing", "variant", "text", "包装", "Packing", most=60),
    F("parts", "variant", "parts", "套装组成", "Parts of the set", most=2_000),
    F("place", "variant", "text", "货位", "Place", most=60),
    F("reorder_point", "variant", "count", "补货线", "Reorder at", most=1_000_000),
    F("is_archived", "variant", "truth", "已归档", "Archived", is_required=True),
    F("piece_number", "piece", "text", "单件编号", "Piece number", "number", most=64, is_required=True),
    F("piece_grade", "piece", "choice", "单件等级", "Piece grade", "grade", choices=GRADES, is_required=True),
    F("maker", "piece", "text", "制作者", "Maker", most=60),
    F("made_on", "piece", "day", "完成日期", "Made on"),
    F("piece_batch", "piece", "text", "所属批次", "Batch", "batch_id", most=80, is_read_only=True),
    F("piece_firing", "piece", "text", "所属窑次", "Firing", "firing_id", most=80, is_read_only=True),
    F("piece_note", "piece", "long", "单件备注", "Piece note", "note", most=2_000),
    F("platform", "listing", "text", "平台", "Platform", most=40, is_key=True),
    F("listing_id", "listing", "text", "平台商品编号", "Listing id", most=300, is_key=True),
    F("product_id", "listing", "text", "平台款号", "Platform product id", most=300),
    F("listing_title", "listing", "text", "商品标题", "Listing title", "title", most=500),
    F("listing_spec", "listing", "text", "平台规格", "Listing variant", "spec", most=300),
    F("status", "listing", "choice", "状态", "Status", choices=LISTING_STATES, is_required=True),
    F("listing_price", "listing", "money", "售价", "Listing price", "price_cents", most=MOST_CENTS),
    F("wanted_price", "listing", "money", "拟定售价", "Wanted price", "wanted_price_cents", most=MOST_CENTS),
    F(
        "listing_currency",
        "listing",
        "text",
        "售价币种",
        "Listing currency",
        "currency",
        most=3,
        is_required=True,
    ),
    F("quantity", "listing", "count", "平台库存", "Stock there", least=-1_000_000, most=1_000_000),
    F("wanted_title", "listing", "text", "拟定标题", "Wanted title", most=500),
    F(
        "wanted_status",
        "listing",
        "choice",
        "拟定状态",
        "Wanted status",
        choices=LISTING_STATES,
        is_read_only=True,
    ),
    F("stated_sku", "listing", "text", "平台商家编码", "Code there", most=120, is_read_only=True),
)
BY_NAME: Mapping[str, CatalogField] = {field.name: field for field in FIELDS}
WORDS: Mapping[str, tuple[str, str]] = {  # choices as they are written: zh, en
    "stocked": ("现货", "stocked"),
    "made_to_order": ("定制", "made to order"),
    "one_of_a_kind": ("孤品", "one of a kind"),
    "prime": ("正品", "prime"),
    "second": ("微瑕", "second"),
    "unique": ("孤品", "unique"),
    "draft": ("草稿", "draft"),
    "live": ("在售", "live"),
    "paused": ("暂停", "paused"),
    "retired": ("下架", "retired"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
}


def of_table(table: Table) -> tuple[CatalogField, ...]:
    """The fields of one table."""
    return tuple(field for field in FIELDS if field.table == table)


def word(value: str, language: str) -> str:
    """A choice as it is written in a language."""
    zh, en = WORDS.get(value, (value, value))
    return zh if language == "zh" else en


# --- what was typed ------------------------------------------------------------------------------


class CellEmpty(ShopError):
    """A field that cannot be empty was emptied."""

    message = "{field} cannot be empty."


class CellTooLong(ShopError):
    """A text is longer than the field takes."""

    message = "{field} takes {most} characters at most; this has {found}."


class CellNoNumber(ShopError):
    """Something else than a whole number."""

    message = "{field}: “{found}” is not a whole number."


class CellNoMoney(ShopError):
    """Something else than an amount of money."""

    message = "{field}: “{found}” is not an amount. Write it like 128 or 128.50."


class CellOutOfRange(ShopError):
    """A number that cannot be right."""

    message = "{field}: {found} is not between {least} and {most}."


class CellNoChoice(ShopError):
    """A word that is none of the choices."""

    message = "{field}: “{found}” is not one of {known}."


class CellNoDay(ShopError):
    """Something else than a date."""

    message = "{field}: “{found}” is not a date. Write it like 2026-01-31."


class CellNotTyped(ShopError):
    """A field that names the row cannot be changed."""

    message = "{field} names the row and cannot be changed here."


YES = {"1", "true", "yes", "y", "是", "对", "sì", "si", "ja", "oui"}
NO = {"0", "false", "no", "n", "否", "不", "nein", "non"}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def typed(field: CatalogField, value: Any, currency: str = "CNY") -> Any:
    """A typed value as the database stores it; raises the Cell… error that fits."""
    if value is None or (isinstance(value, float) and value != value):
        value = ""
    text = value if isinstance(value, str) else _written(value)
    text = CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()
    if text == "":
        if field.is_required or field.is_key:
            raise CellEmpty(field=field.name)
        return None
    return READERS[field.kind](field, text, currency)


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _text(field: CatalogField, text: str, _currency: str) -> str:
    value_text = text.replace("\n", " ") if field.kind == "text" else text
    if len(value_text) > field.most:
        raise CellTooLong(field=field.name, most=field.most, found=len(value_text))
    if field.name.endswith("currency"):
        value_text = value_text.upper()
        if not re.fullmatch("[A-Z]{3}", value_text):
            raise CellNoChoice(field=field.name, found=text[:20], known="CNY, USD, EUR …")
    return value_text


def _money(field: CatalogField, text: str, currency: str) -> int:
    plain = _decimal(re.sub(r"[¥￥$€£\s]", "", text).replace("，", ","))
    try:
        cents = to_minor(plain, currency)
    except ValueError:
        raise CellNoMoney(field=field.name, found=text[:20]) from None
    if not field.least <= cents <= field.most:
        raise CellOutOfRange(
            field=field.name, found=text[:20], least=0, most=field.most // minor_per_unit(currency)
        )
    return cents


def price_of(value: Any, currency: str) -> int | None:
    """A typed price in cents of a currency; raises the Cell… error that fits."""
    cents: int | None = typed(BY_NAME["price"], value, currency)
    return cents


def _decimal(text: str) -> str:
    """1,234.50 and 12,50 with a decimal point only; other commas stay and are rejected."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?", text):
        return text.replace(",", "")
    return text.replace(",", ".") if re.fullmatch(r"\d+,\d{1,2}", text) else text


def _count(field: CatalogField, text: str, _currency: str) -> int:
    try:
        number = int(text.replace(",", ""))
    except ValueError:
        raise CellNoNumber(field=field.name, found=text[:20]) from None
    if not field.least <= number <= field.most:
        raise CellOutOfRange(field=field.name, found=number, least=field.least, most=field.most)
    return number


def _choice(field: CatalogField, text: str, _currency: str) -> str:
    for choice in field.choices:
        if text.casefold() in (choice, *(name.casefold() for name in WORDS[choice])):
            return choice
    raise CellNoChoice(field=field.name, found=text[:20], known=", ".join(field.choices))


def _truth(field: CatalogField, text: str, _currency: str) -> int:
    word_typed = text.casefold()
    if word_typed in YES:
        return 1
    if word_typed in NO:
        return 0
    raise CellNoChoice(field=field.name, found=text[:20], known="yes, no")


def _day(field: CatalogField, text: str, _currency: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text[:10].replace("/", "-")).isoformat()
    except ValueError:
        raise CellNoDay(field=field.name, found=text[:20]) from None


def _parts(field: CatalogField, text: str, _currency: str) -> str:
    return parts_text(parse_parts(_text(field, text, "")))


READERS = {
    "text": _text,
    "long": _text,
    "money": _money,
    "count": _count,
    "choice": _choice,
    "truth": _truth,
    "day": _day,
    "parts": _parts,
}
