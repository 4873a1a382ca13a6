"""Whole tables written to a file, row by row: times on the shop's clock, money in whole units."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import SQLModel

import shop.models  # noqa: F401  (fills the metadata)
from shop.access.roles import Permission, require_reader
from shop.core.files import replacing
from shop.core.money import to_decimal
from shop.db.backup import TargetExists
from shop.db.database import Database
from shop.export.spreadsheet import cell_format, defused, number_formats
from shop.metrics.settings import shop_settings

EXPORTED = (
    "order_line",
    "refund",
    "settlement",
    "live_session",
    "video",
    "comment",
    "listing",
    "product",
    "variant",
    "product_statement",
)
ACCESS: dict[str, Permission] = {"settlement": "see_margins"}  # the others have sums of sales
INTERNAL = {"shop_id", "payload_hash", "source_id", "name_key", "buyer_key", "author_key"}
NAMES = ("product_id", "platform_sku", "title", "spec")


def write_table(db: Database, name: str, target: Path, *, shop_id: int = 1) -> int:
    """Write one table of EXPORTED to a new CSV (UTF-8 with BOM) or XLSX file; the number of rows.

    Cells that a spreadsheet would run as formulas are defused. Raises TargetExists, and NotAllowed for what the role
    that reads may not see.
    """
    require_reader(db, ACCESS.get(name, "see_sums"))
    if target.exists():
        raise TargetExists(path=str(target))
    assert name in EXPORTED
    header, rows = _rows(db, name, shop_id)
    with replacing(target) as path:
        write = _write_xlsx if target.suffix.lower() == ".xlsx" else _write_csv
        return write(path, name, header, rows)


def _write_csv(path: Path, _name: str, header: list[str], rows: Iterator[list[Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _rows(db: Database, name: str, shop_id: int) -> tuple[list[str], Iterator[list[Any]]]:
    table = SQLModel.metadata.tables[name]
    columns = [column.name for column in table.columns if column.name not in INTERNAL]
    wanted = [f"t.{column}" for column in columns]
    join = ""
    if name == "order_line":
        wanted += [f"n.{column}" for column in NAMES]
        columns += NAMES
        join = "LEFT JOIN sold_name n ON n.shop_id = t.shop_id AND n.name_key = t.name_key"
    keys = ", ".join(f"t.{column.name}" for column in table.primary_key.columns)
    sql = f"SELECT {', '.join(wanted)} FROM {name} t {join} WHERE t.shop_id = :shop ORDER BY {keys}"
    header = [column.removesuffix("_cents") for column in columns]
    return header, _shown_rows(db, sql, columns, shop_id)


def _shown_rows(db: Database, sql: str, columns: list[str], shop_id: int) -> Iterator[list[Any]]:
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop_id).time_zone)
        for row in connection.execute(text(sql), {"shop": shop_id}):
            currency = row[columns.index("currency")] if "currency" in columns else None
            yield [_shown(name, value, zone, currency) for name, value in zip(columns, row, strict=True)]


def _shown(name: str, value: Any, zone: ZoneInfo, currency: str | None) -> Any:
    if value is None:
        return ""
    if name.endswith("_at"):
        return datetime.fromtimestamp(value, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if name.endswith("_cents"):
        return to_decimal(value, currency)
    return defused(value) if isinstance(value, str) else value


def _write_xlsx(target: Path, name: str, header: list[str], rows: Iterator[list[Any]]) -> int:
    import xlsxwriter

    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), settings) as book:
        worksheet = book.add_worksheet(name[:31])
        formats = number_formats(book)
        worksheet.write_row(0, 0, header)
        number = 0
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, Decimal):
                    worksheet.write_number(number, place, float(value), formats[cell_format("money", value)])
                else:
                    worksheet.write(number, place, value)
    return number
