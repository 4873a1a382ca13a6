"""Merged cells: whatever is merged over the rows of an order, every row reads as it would alone; amounts count once."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from etl.tables.markup import read_markup
from etl.tables.workbooks.merged import is_repeated
from etl.tables.workbooks.worksheets import read_worksheets

TEXTS = st.sampled_from(["P9001", "已发货", "2026-02-03 20:00:00", "手工主人杯", "6920000000000011", "#12"])
AMOUNTS = st.sampled_from(["12.00", "¥1,234.50", "3", "2件", "(5.00)"])
HEADER = ["订单", "甲", "乙", "丙", "行"]
Orders = list[tuple[int, list[str]]]


@st.composite
def orders(draw: st.DrawFn) -> Orders:
    """Orders of one to three rows, each with three cells that are merged over its rows."""
    cells = st.lists(st.one_of(TEXTS, AMOUNTS), min_size=3, max_size=3)
    return draw(st.lists(st.tuples(st.integers(1, 3), cells), min_size=1, max_size=4))


def expected(given_orders: Orders) -> list[list[str]]:
    rows = [HEADER]
    for number, (height, cells) in enumerate(given_orders):
        for line in range(height):
            shown = [cell if line == 0 or is_repeated(cell) else "" for cell in cells]
            rows.append([f"N{number}", *shown, f"行{number}-{line}"])
    return rows


def as_html(given_orders: Orders) -> bytes:
    lines = ["<table><tr>" + "".join(f"<th>{name}</th>" for name in HEADER) + "</tr>"]
    for number, (height, cells) in enumerate(given_orders):
        for line in range(height):
            merged = [f"<td rowspan={height}>{cell}</td>" for cell in (f"N{number}", *cells)]
            lines.append(f"<tr>{''.join(merged) if line == 0 else ''}<td>行{number}-{line}</td></tr>")
    return f"<html><meta charset=utf-8>{''.join(lines)}</table></html>".encode()


def as_xml(given_orders: Orders) -> bytes:
    def cell(text: str, more: str = "") -> str:
        return f'<Cell{more}><Data ss:Type="String">{text}</Data></Cell>'

    rows = ["<Row>" + "".join(map(cell, HEADER)) + "</Row>"]
    for number, (height, cells) in enumerate(given_orders):
        for line in range(height):
            merged = "".join(cell(text, f' ss:MergeDown="{height - 1}"') for text in (f"N{number}", *cells))
            last = cell(f"行{number}-{line}", ' ss:Index="5"')
            rows.append(f"<Row>{merged if line == 0 else ''}{last}</Row>")
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    head = f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}"><Worksheet ss:Name="1"><Table>'
    return f"{head}{''.join(rows)}</Table></Worksheet></Workbook>".encode()


def as_workbook(given_orders: Orders) -> bytes:
    out, row = io.BytesIO(), 0
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number, (height, cells) in enumerate(given_orders):
            for column, text in enumerate((f"N{number}", *cells)):
                if height == 1:
                    sheet.write_string(row + 1, column, text)
                else:
                    sheet.merge_range(row + 1, column, row + height, column, text)
            for line in range(height):
                sheet.write_string(row + 1 + line, 4, f"行{number}-{line}")
            row += height
    return out.getvalue()


@pytest.mark.parametrize("form", ["html", "xml", "xlsx"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_orders=orders())
def test_merged_cells_read_as_the_rows_that_they_stand_for(
    tmp_path: Path, form: str, given_orders: Orders
) -> None:
    write = {"html": as_html, "xml": as_xml, "xlsx": as_workbook}[form]
    path = tmp_path / f"orders.{form}"
    path.write_bytes(write(given_orders))
    if form == "xlsx":
        [(_, rows)] = read_worksheets(path, path.name)
    else:
        [(_, rows)] = read_markup(path, path.name, path.read_bytes())
    assert [list(row) for row in rows] == expected(given_orders)


@pytest.mark.parametrize(("cell", "repeated"), [(12.5, False), (6.92e15, True), ("2件", False), ("", False)])
def test_an_amount_or_a_count_is_not_repeated(cell: object, repeated: bool) -> None:
    assert is_repeated(cell) is repeated
