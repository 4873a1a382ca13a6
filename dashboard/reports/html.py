"""The growth report on one page of paper: HTML in one file, without script, ready to print or mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from html import escape

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.reports import growth_story, svg
from dashboard.reports.growth_story import GrowthStory
from dashboard.reports.svg import Bar
from dashboard.text import comparison, drivers, metrics
from dashboard.text.markdown import strong
from dashboard.theme.palette import LIGHT
from shop.growth.comparison.growth import Comparison
from shop.metrics.query import unit_of

STYLE = f"""
@page {{ size: A4; margin: 14mm 15mm; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 28px; max-width: 860px; background: {LIGHT.paper}; color: {LIGHT.ink};
  font: 15px/1.55 -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC',
  sans-serif; font-variant-numeric: tabular-nums; }}
header {{ display: flex; justify-content: space-between; color: {LIGHT.primary}; font-weight: 600; }}
header span {{ color: {LIGHT.muted}; font-weight: 400; font-size: 13px; }}
h1 {{ font-size: 23px; font-weight: 500; line-height: 1.4; margin: 14px 0 8px; }}
h1 b {{ color: {LIGHT.primary}; }}
h2 {{ font-size: 15px; margin: 22px 0 6px; }}
p {{ margin: 0 0 5px; }}
.muted {{ color: {LIGHT.muted}; font-size: 13px; }}
table {{ width: 100%; border-collapse: collapse; font-size: 13px; }}
th, td {{ text-align: right; padding: 5px 6px; border-bottom: 1px solid {LIGHT.line}; }}
.word {{ text-align: left; }}
th {{ color: {LIGHT.muted}; font-weight: 500; }}
svg {{ width: 100%; height: auto; display: block; }}
section {{ break-inside: avoid; }}
@media print {{ body {{ padding: 0; background: none; }} }}
"""


def html(
    narrative: GrowthStory,
    daily: pd.DataFrame,
    months: pd.DataFrame,
    *,
    shop: str,
    result: str,
    more: Sequence[str] = (),
) -> str:
    """The page: sentences, figures, drivers, days and months; `more` are further parts as HTML."""
    answer, *lines = growth_story.sentences(narrative)
    title = t("sheet.title", range=narrative.pair.now)
    body = [
        f"<header><b>{escape(shop)}</b><span>{escape(title)}</span></header>",
        f"<h1>{strong(answer)}</h1>",
        *(f"<p>{strong(line)}</p>" for line in lines),
        part(t("sheet.figures"), figures_table(narrative)),
        _drivers(narrative),
        part(_days_title(narrative), _days(narrative, daily)),
        *more,
        part(t("growth.months"), months_table(months)),
        f'<p class="muted">{strong(comparison.reason(narrative.result, narrative.pair))}</p>',
        f'<p class="muted">{escape(t("sheet.foot", made=result))}</p>',
    ]
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def part(title: str, content: str) -> str:
    """One part of the page under its heading; nothing where it is empty."""
    return f"<section><h2>{escape(title)}</h2>{content}</section>" if content else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: Collection[int] = (0,)) -> str:
    """A plain table, everything escaped; `words` are the places of columns of words, the others are figures."""

    def cells(tag: str, row: Sequence[str]) -> str:
        kinds = [' class="word"' if place in words else "" for place in range(len(row))]
        filled = (f"<{tag}{kind}>{escape(cell)}</{tag}>" for cell, kind in zip(row, kinds, strict=True))
        return f"<tr>{''.join(filled)}</tr>"

    head = f"<thead>{cells('th', heads)}</thead>" if any(heads) else ""
    return f"<table>{head}<tbody>{''.join(cells('td', row) for row in rows)}</tbody></table>"


def figures_table(narrative: GrowthStory) -> str:
    """Each figure in both ranges with its change and interval."""
    now, before = comparison.range_names(narrative.result)
    heads = ["", now, before, t("sheet.change"), t("sheet.interval")]
    return table(heads, (figures_row(name, narrative.every[name]) for name in growth_story.METRICS))


def figures_row(name: str, result: Comparison) -> list[str]:
    """One figure: its label, both ranges, the change and its interval."""
    here, there = result.headline
    unit = unit_of(name)
    write = format.exact if unit == "cents" else format.number
    label = t("tile.per_day", metric=metrics.label_of(name)) if result.is_per_day else None
    return [
        label or metrics.label_of(name),
        write(here),
        write(there),
        metrics.change_of(result),
        interval(result),
    ]


def interval(result: Comparison) -> str:
    """The interval of a change: −4.0% … +12.0%; a dash where there is none."""
    if result.interval is None:
        return format.UNKNOWN
    write = format.points if unit_of(result.metric) == "rate" else format.change
    return " … ".join(write(end) for end in result.interval)


def _drivers(growth_story: GrowthStory) -> str:
    result = growth_story.why
    if not result.drivers:
        return ""
    now, before = comparison.range_names(growth_story.result)
    bars = [
        Bar(before, result.base, format.money(result.base), is_total=True),
        *(Bar(drivers.name(item), item.part, format.signed(item.part)) for item in result.drivers),
        Bar(now, result.figure, format.money(result.figure), is_total=True),
    ]
    up, down = (LIGHT.red, LIGHT.green) if format.red_is_up() else (LIGHT.green, LIGHT.red)
    basis = drivers.basis(result)
    title = t("growth.why", metric=metrics.label_of(result.metric), basis=basis)
    notes = "".join(f'<p class="muted">{strong(line)}</p>' for line in drivers.notes(result))
    return part(title, svg.waterfall(bars, title, up=up, down=down) + notes)


def _days_title(growth_story: GrowthStory) -> str:
    name = growth_story.metric
    return t("growth.chart", metric=metrics.label_of(name), unit=metrics.unit_name(name))


def _days(growth_story: GrowthStory, daily: pd.DataFrame) -> str:
    unit, name = unit_of(growth_story.metric), growth_story.metric
    return svg.days(
        numbers(daily[name]),
        numbers(daily[f"before_{name}"]),
        [format.short_day(day) for day in daily["day"].dropna()],
        lambda value: format.tick(value, unit),
        _days_title(growth_story),
    )


def numbers(values: pd.Series) -> list[float]:
    """The known values of a column in order."""
    return [float(value) for value in values if not pd.isna(value)]


def months_table(months: pd.DataFrame) -> str:
    """The months in a row, per day and in total."""
    cells = comparison.month_columns()
    kinds = {"money": format.exact, "count": format.whole, "number": format.number, "change": format.change}
    rows = [
        [
            format.month(value)
            if cell.name == "month"
            else kinds[cell.kind](None if pd.isna(value) else value)
            for cell, value in zip(cells, row, strict=True)
        ]
        for row in months[[cell.name for cell in cells]].itertuples(index=False)
    ]
    return table([cell.label for cell in cells], rows)
