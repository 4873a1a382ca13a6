"""The growth story as an XLSX workbook: its sentences and figures, days and causes with charts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.reports import growth_story, html
from dashboard.reports.growth_story import Story
from dashboard.text import drivers
from dashboard.theme import LIGHT
from dashboard.ui import widgets
from dashboard.views.growth import comparison
from shop.core.money import minor_digits
from shop.export.spreadsheet import NUMBERS, Field, cell_format, defused, number_formats, rows
from shop.metrics.query import unit_of


class _Book:
    """A workbook with the formats that all its sheets share."""

    def __init__(self) -> None:
        from xlsxwriter import Workbook

        self.file = io.BytesIO()
        settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = Workbook(self.file, settings)
        self.bold = self.book.add_format({"bold": True})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.shapes = number_formats(self.book)

    def sheet(self, name: str, table: pd.DataFrame, fields: Sequence[Field], *, top: int = 0) -> Any:
        """A sheet with one table, its heading row kept in sight."""
        sheet = self.book.add_worksheet(name[:31])
        self.table(sheet, table, fields, top)
        sheet.freeze_panes(top + 1, 0)
        return sheet

    def table(self, sheet: Any, table: pd.DataFrame, fields: Sequence[Field], top: int) -> None:
        """Write a table; what is not known stays empty."""
        for place, field in enumerate(fields):
            sheet.write_string(top, place, defused(field.heading), self.bold)
            sheet.set_column(place, place, 26 if field.kind not in NUMBERS else 15)
        for number, row in enumerate(rows(table, fields), start=top + 1):
            for place, (field, value) in enumerate(zip(fields, row, strict=True)):
                if value == "":
                    continue
                if field.kind in NUMBERS:
                    sheet.write_number(
                        number, place, float(value), self.shapes[cell_format(field.kind, value)]
                    )
                else:
                    sheet.write_string(number, place, str(value))

    def bytes(self) -> bytes:
        """The finished file."""
        self.book.close()
        return self.file.getvalue()


def xlsx(story: Story, daily: pd.DataFrame, months: pd.DataFrame) -> bytes:
    """The workbook: summary, causes (bars), days (both ranges as lines) and months (columns)."""
    book = _Book()
    _summary(book, story)
    _causes(book, story)
    _days(book, story, daily)
    _months(book, months)
    return book.bytes()


def _summary(book: _Book, story: Story) -> None:
    sheet = book.book.add_worksheet(t("workbook.summary"))
    lines = [html.plain(line) for line in growth_story.sentences(story)]
    for place, line in enumerate(lines):
        sheet.merge_range(place, 0, place, 5, defused(line), book.wrapped)
        sheet.set_row(place, 34)
    now, before = comparison.names(story.found)
    heads = [t("workbook.figure"), now, before, t("sheet.change"), t("workbook.low"), t("workbook.high")]
    top = len(lines) + 1
    for place, head in enumerate(heads):
        sheet.write_string(top, place, defused(head), book.bold)
    sheet.set_column(0, 5, 24)
    for number, name in enumerate(growth_story.METRICS, start=top + 1):
        found = story.every[name]
        label = t("tile.per_day", metric=widgets.label_of(name))
        sheet.write_string(number, 0, label if found.is_per_day else widgets.label_of(name))
        is_money = unit_of(name) == "cents"
        for place, value in enumerate(found.headline, start=1):
            if value is not None:
                shape = book.shapes[f"money{minor_digits(format.currency())}" if is_money else "number"]
                sheet.write_number(
                    number, place, float(value) / (format.minor_units() if is_money else 1), shape
                )
        ends = [found.change, *(found.interval or (None, None))]
        for place, value in enumerate(ends, start=3):
            if value is not None:
                sheet.write_number(number, place, float(value), book.shapes["change"])


def _causes(book: _Book, story: Story) -> None:
    found = story.why
    if not found.drivers:
        return
    now, before = comparison.names(story.found)
    names = [before, *(drivers.name(one) for one in found.drivers), now]
    values = [found.base, *(one.part for one in found.drivers), found.figure]
    table = pd.DataFrame({"name": names, "value": pd.array(values, "Int64")})
    fields = [
        Field("name", t("grown.cause")),
        Field("value", t("grown.cause_part"), "money", format.currency()),
    ]
    name = t("workbook.causes")
    sheet = book.sheet(name, table, fields)
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
    basis = t("causes.a_day") if found.basis == "per_day" else ""
    title = t("grown.why", metric=widgets.label_of(found.metric), basis=basis)
    _finish(chart, title)
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_legend({"none": True})
    sheet.insert_chart("D2", chart, {"x_scale": 1.5, "y_scale": 1.6})


def _days(book: _Book, story: Story, daily: pd.DataFrame) -> None:
    kind = widgets.kind_of(story.metric)
    now, before = comparison.names(story.found)
    fields = [
        Field("day", now),
        Field(story.metric, widgets.label_of(story.metric), kind, format.currency()),
        Field("before_day", before),
        Field(
            f"before_{story.metric}",
            t("growth.before", metric=widgets.label_of(story.metric)),
            kind,
            format.currency(),
        ),
    ]
    name = t("workbook.days")
    sheet = book.sheet(name, daily, fields)
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
    unit = format.symbol().strip() if kind == "money" else t(f"unit.{unit_of(story.metric)}")
    _finish(chart, t("growth.chart", metric=widgets.label_of(story.metric), unit=unit))
    sheet.insert_chart("F2", chart, {"x_scale": 1.8, "y_scale": 1.4})


def _months(book: _Book, months: pd.DataFrame) -> None:
    fields = [
        Field(cell.name, cell.label, cell.kind, format.currency()) for cell in comparison.month_columns()
    ]
    name = t("workbook.months")
    sheet = book.sheet(name, months, fields)
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
    sheet.insert_chart(len(months) + 3, 0, chart, {"x_scale": 1.6, "y_scale": 1.2})


def _finish(chart: Any, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}})
    chart.set_legend({"position": "bottom"})
