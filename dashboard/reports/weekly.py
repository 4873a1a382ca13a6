"""The weekly report: all platforms on one page to print, and as a spreadsheet."""

from __future__ import annotations

from html import escape

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.reports.html import STYLE
from dashboard.text import catalog, metrics
from shop.export.spreadsheet import SpreadsheetColumn, xlsx_bytes
from shop.metrics.query import change, unit_of
from shop.profit.weekly_report import FIGURES, WeeklyReport, WeekRow


def heading(result: WeeklyReport) -> str:
    """The week and its baseline."""
    return t("week.heading", range=result.period, before=result.before)


def table(result: WeeklyReport) -> str:
    """The rows as a table of our own HTML."""
    with_left = any(row.left_state for row in result.rows)
    heads = [t("week.shop") if result.shops else t("costs.platform")]
    heads += [*map(metrics.label_of, FIGURES), t("week.change")]
    heads += [t("gross_to_net.steps.left")] if with_left else []
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(result, row, with_left=with_left))}</tr>"
        for row in result.rows
    )
    row = "".join(f"<th>{escape(head)}</th>" for head in heads)
    return f'<table class="kb-card"><tr>{row}</tr>{body}</table>'


def _cells(result: WeeklyReport, row: WeekRow, *, with_left: bool) -> list[str]:
    cells = [f"{shop_name(row)} · {platform_name(row)}" if result.shops else platform_name(row)]
    for name in FIGURES:
        value = row.figures[name]
        cells.append(_money(value, row.currency) if unit_of(name) == "cents" else format.count(value))
    cells.append(format.FORMATS["change"](change(row.figures["gmv"], row.gmv_before)))
    if with_left:
        mark = "~ " if row.left_state == "estimate" else "≤ " if row.left_state == "partly" else ""
        cells.append(format.UNKNOWN if row.left is None else mark + _money(row.left, row.currency))
    return cells


def shop_name(row: WeekRow) -> str:
    """The shop of a row in a report of several; all of them have a name, too."""
    return row.shop or t("week.all_shops")


def platform_name(row: WeekRow) -> str:
    """The platform of a row, or all of them in its currency."""
    return catalog.platform(row.platform) if row.platform else t("week.all", currency=row.currency)


def _money(cents: int | None, currency: str) -> str:
    return format.UNKNOWN if cents is None else format.exact_in(cents, currency)


def page(result: WeeklyReport) -> str:
    """The report as one page of HTML that needs nothing else, for printing."""
    title = t("week.title")
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f'<p class="muted">{escape(heading(result))}</p>{table(result)}<p class="muted">{escape(t("week.note"))}</p>'
        "</body></html>"
    )


def xlsx(result: WeeklyReport) -> bytes:
    """The report as a workbook; money is in the currency of each row."""
    frame = pd.DataFrame(
        [
            {
                "shop": shop_name(row),
                "name": platform_name(row),
                "currency": row.currency,
                **row.figures,
                "before": row.gmv_before,
                "left": row.left,
                "state": t(f"gross_to_net.states.{row.left_state}") if row.left_state else "",
            }
            for row in result.rows
        ],
        columns=["shop", "name", "currency", *FIGURES, "before", "left", "state"],
    ).astype(dict.fromkeys((*FIGURES, "before", "left"), "Int64"))

    def field(name: str, label: str, unit: str) -> SpreadsheetColumn:
        kind = "money" if unit == "cents" else "count"
        return SpreadsheetColumn(name, label, kind, currency_column="currency")

    fields = [
        *([SpreadsheetColumn("shop", t("week.shop"))] if result.shops else []),
        SpreadsheetColumn("name", t("costs.platform")),
        SpreadsheetColumn("currency", t("week.currency")),
        *(field(name, metrics.label_of(name), unit_of(name)) for name in FIGURES),
        field("before", t("week.gmv_before"), "cents"),
    ]
    if any(row.left_state for row in result.rows):
        fields += [
            field("left", t("gross_to_net.steps.left"), "cents"),
            SpreadsheetColumn("state", t("gross_to_net.state")),
        ]
    return xlsx_bytes(frame, fields)
