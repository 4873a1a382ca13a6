"""The growth report as an XLSX workbook: its sentences and figures, days and drivers with charts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.reports import growth_story
from dashboard.reports.growth_story import GrowthStory
from dashboard.text import comparison, drivers, metrics
from dashboard.text.markdown import plain
from dashboard.theme.palette import LIGHT
from shop.core.money import minor_digits
from shop.export.spreadsheet import NUMBERS, SpreadsheetColumn, cell_format, defused, number_formats, rows
from shop.metrics.query import unit_of


class _Book:
    """A workbook with the formats that all its worksheets share."""

    def __init__(self) -> None:
        from xlsxwriter import Workbook

        self.file = io.BytesIO()
        settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = Workbook(self.file, settings)
        self.bold = self.book.add_format({"bold": True})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.shapes = number_formats(self.book)

    def worksheet(
        self, name: str, table: pd.DataFrame, fields: Sequence[SpreadsheetColumn], *, top: int = 0
    ) -> Any:
        """A worksheet with one table, its heading row frozen."""
        worksheet = self.book.add_worksheet(name[:31])
        self.table(worksheet, table, fields, top)
        worksheet.freeze_panes(top + 1, 0)
        return worksheet

    def table(
        self, worksheet: Any, table: pd.DataFrame, fields: Sequence[SpreadsheetColumn], top: int
    ) -> None:
        """Write a table; what is not known stays empty."""
        for place, field in enumerate(fields):
            worksheet.write_string(top, place, defused(field.heading), self.bold)
            worksheet.set_column(place, place, 26 if field.kind not in NUMBERS else 15)
        for number, row in enumerate(rows(table, fields), start=top + 1):
            for place, (field, value) in enumerate(zip(fields, row, strict=True)):
                if value == "":
                    continue
                if field.kind in NUMBERS:
                    worksheet.write_number(
                        number, place, float(value), self.shapes[cell_format(field.kind, value)]
                    )
                else:
                    worksheet.write_string(number, place, str(value))

    def bytes(self) -> bytes:
        """The finished file."""
        self.book.close()
        return self.file.getvalue()


def xlsx(growth_story: GrowthStory, daily: pd.DataFrame, months: pd.DataFrame) -> bytes:
    """The workbook: summary, drivers (bars), days (both ranges as lines) and months (columns)."""
    book = _Book()
    _summary(book, growth_story)
    _drivers(book, growth_story)
    _days(book, growth_story, daily)
    _months(book, months)
    return book.bytes()


def _summary(book: _Book, narrative: GrowthStory) -> None:
    worksheet = book.book.add_worksheet(t("workbook.summary"))
    lines = [plain(line) for line in growth_story.sentences(narrative)]
    for place, line in enumerate(lines):
        worksheet.merge_range(place, 0, place, 5, defused(line), book.wrapped)
        worksheet.set_row(place, 34)
    now, before = comparison.range_names(narrative.result)
    heads = [t("workbook.figure"), now, before, t("sheet.change"), t("workbook.low"), t("workbook.high")]
    top = len(lines) + 1
    for place, head in enumerate(heads):
        worksheet.write_string(top, place, defused(head), book.bold)
    worksheet.set_column(0, 5, 24)
    for number, name in enumerate(growth_story.METRICS, start=top + 1):
        result = narrative.every[name]
        label = t("tile.per_day", metric=metrics.label_of(name))
        worksheet.write_string(number, 0, label if result.is_per_day else metrics.label_of(name))
        is_money = unit_of(name) == "cents"
        for place, value in enumerate(result.headline, start=1):
            if value is not None:
                shape = book.shapes[f"money{minor_digits(format.currency())}" if is_money else "number"]
                worksheet.write_number(
                    number, place, float(value) / (format.minor_units() if is_money else 1), shape
                )
        ends = [result.change, *(result.interval or (None, None))]
        for place, value in enumerate(ends, start=3):
            if value is not None:
                worksheet.write_number(number, place, float(value), book.shapes["change"])


def _drivers(book: _Book, growth_story: GrowthStory) -> None:
    result = growth_story.why
    if not result.drivers:
        return
    now, before = comparison.range_names(growth_story.result)
    names = [before, *(drivers.name(item) for item in result.drivers), now]
    values = [result.base, *(item.part for item in result.drivers), result.figure]
    table = pd.DataFrame({"name": names, "value": pd.array(values, "Int64")})
    fields = [
        SpreadsheetColumn("name", t("growth.cause")),
        SpreadsheetColumn("value", t("growth.cause_part"), "money", format.currency()),
    ]
    name = t("workbook.causes")
    worksheet = book.worksheet(name, table, fields)
    chart = book.book.add_chart({"type": "bar"})
    last = len(values) - 1
    chart.add_series(
        {
            "categories": [name, 2, 0, last, 0],
            "values": [name, 2, 1, last, 1],
            "fill": {"color": LIGHT.primary},
            "gap": 60,
            "data_labels": {"value": True},
        }
    )
    basis = drivers.basis(result)
    title = t("growth.why", metric=metrics.label_of(result.metric), basis=basis)
    _finish(chart, title)
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_legend({"none": True})
    worksheet.insert_chart("D2", chart, {"x_scale": 1.5, "y_scale": 1.6})


def _days(book: _Book, growth_story: GrowthStory, daily: pd.DataFrame) -> None:
    kind = metrics.kind_of(growth_story.metric)
    now, before = comparison.range_names(growth_story.result)
    fields = [
        SpreadsheetColumn("day", now),
        SpreadsheetColumn(
            growth_story.metric, metrics.label_of(growth_story.metric), kind, format.currency()
        ),
        SpreadsheetColumn("before_day", before),
        SpreadsheetColumn(
            f"before_{growth_story.metric}",
            t("growth.before", metric=metrics.label_of(growth_story.metric)),
            kind,
            format.currency(),
        ),
    ]
    name = t("workbook.days")
    worksheet = book.worksheet(name, daily, fields)
    chart = book.book.add_chart({"type": "line"})
    for column, label, line in (
        (1, now, {"color": LIGHT.primary, "width": 2}),
        (3, before, {"color": LIGHT.muted, "width": 1.25, "dash_type": "dash"}),
    ):
        chart.add_series(
            {
                "name": label,
                "categories": [name, 1, 0, len(daily), 0],
                "values": [name, 1, column, len(daily), column],
                "line": line,
            }
        )
    unit = format.symbol().strip() if kind == "money" else t(f"unit.{unit_of(growth_story.metric)}")
    _finish(chart, t("growth.chart", metric=metrics.label_of(growth_story.metric), unit=unit))
    worksheet.insert_chart("F2", chart, {"x_scale": 1.8, "y_scale": 1.4})


def _months(book: _Book, months: pd.DataFrame) -> None:
    fields = [
        SpreadsheetColumn(cell.name, cell.label, cell.kind, format.currency())
        for cell in comparison.month_columns()
    ]
    name = t("workbook.months")
    worksheet = book.worksheet(name, months, fields)
    at = next(place for place, field in enumerate(fields) if field.name == "sales_per_day")
    chart = book.book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": fields[at].heading,
            "categories": [name, 1, 0, len(months), 0],
            "values": [name, 1, at, len(months), at],
            "fill": {"color": LIGHT.primary},
        }
    )
    _finish(chart, fields[at].heading)
    worksheet.insert_chart(len(months) + 3, 0, chart, {"x_scale": 1.6, "y_scale": 1.2})


def _finish(chart: Any, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}})
    chart.set_legend({"position": "bottom"})
