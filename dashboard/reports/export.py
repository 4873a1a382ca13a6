"""The growth report outside the pages: read for a command's options, written as a file or a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from dashboard.reports import growth_story, pdf, xlsx
from dashboard.reports import html as html_report
from dashboard.reports.growth_story import GrowthStory
from dashboard.reports.options import ReportOptions, days
from dashboard.reports.png_card import Card, CardTile, draw
from dashboard.text import metrics
from dashboard.text.markdown import plain
from dashboard.text.tiles import first_tile
from shop import overview
from shop.db.database import Database
from shop.growth.comparison import calendars, growth
from shop.metrics.query import Query, unit_of
from shop.metrics.settings import ShopSettings, shop_settings

CARD_TILES = 3


@dataclass(frozen=True)
class GrowthReport:
    """A report with the days and months that stand next to it."""

    growth_story: GrowthStory
    daily: pd.DataFrame
    months: pd.DataFrame
    shop: ShopSettings
    on: date

    @property
    def name(self) -> str:
        """What the shop is called, or the program where it has no name."""
        return self.shop.name or t("frame.name")


def build_report(db: Database, now: datetime, options: ReportOptions, metric: str) -> GrowthReport:
    """The report of the days that were requested: this month up to now by default, against the same
    days of the month before; a free range against the one just before it.
    """
    from shop.core.errors import UnknownMetric

    if metric not in growth_story.METRICS:
        raise UnknownMetric(name=metric, known=", ".join(growth_story.METRICS))
    with db.read() as connection:
        shop = shop_settings(connection)
    at = overview.clock(db, now)
    period = days(options.start, options.end, at.on)
    currency = options.currency or shop.currency
    format.use_currency(currency)
    cut = at.cut(period)
    default = "mtd" if options.start is None else "previous"
    pair = calendars.pair(db, period, options.against or default, is_running=cut is not None)

    def question(*metrics: str) -> Query:
        return Query(metrics, period.start, period.end, where=options.where, currency=currency, cut_at=cut)

    narrative = growth_story.build_story(growth_story.straight(db), question, pair, metric, at.on)
    over = replace(question(metric), start=pair.now.start, end=pair.now.end)
    year = growth.year_to(period.end, growth.first_sale_on(db) or period.start)
    months = growth.months(db, replace(question("units"), start=year.start, end=year.end, cut_at=None))
    return GrowthReport(narrative, growth.aligned(db, over, pair.before), months, shop, at.today)


def as_file(db: Database, result: GrowthReport, kind: str) -> bytes:
    """The report as html, pdf or xlsx."""
    if kind == "xlsx":
        return xlsx.xlsx(result.growth_story, result.daily, result.months)
    html = html_report.html(
        result.growth_story, result.daily, result.months, shop=result.name, result=format.day(result.on)
    )
    return pdf.pdf(html) if kind == "pdf" else html.encode()


def card(db: Database, result: GrowthReport, *, amounts: bool = True) -> bytes:
    """The report as a picture card (PNG); without `amounts` only changes are shown."""
    narrative, comparison = result.growth_story, result.growth_story.result
    metric = narrative.metric
    lines = [plain(line) for line in growth_story.sentences(narrative)]
    shown = growth_story.CONTEXT[metric][:CARD_TILES]
    label = t("tile.per_day", metric=metrics.label_of(metric))
    money = unit_of(metric) == "cents"
    write = format.money if money else format.number
    return draw(
        Card(
            shop=result.name,
            title=format.span(narrative.pair.now),
            label=label if comparison.is_per_day else metrics.label_of(metric),
            figure=write(comparison.headline[0]) if amounts else metrics.change_of(comparison),
            change=metrics.change_of(comparison) if amounts else "",
            direction=_direction(comparison),
            sentence=("" if language() == "zh" else " ").join(lines[:3])
            if amounts
            else t(
                "card.quiet",
                now=narrative.pair.now,
                before=narrative.pair.before,
                change=metrics.change_of(comparison),
            ),
            tiles=[_tile(narrative, name, amounts) for name in shown],
            days=html_report.numbers(result.daily[metric]),
            before=html_report.numbers(result.daily[f"before_{metric}"]),
            chart=t("growth.chart", metric=metrics.label_of(metric), unit=metrics.unit_name(metric)),
            footer=t("sheet.foot", made=format.day(result.on)),
            up_is_red=format.red_is_up(),
        )
    )


def _tile(growth_story: GrowthStory, name: str, amounts: bool) -> CardTile:
    shown = first_tile(growth_story.every[name])
    if not amounts:
        return CardTile(shown.label, shown.change)
    return CardTile(shown.label, shown.figure, shown.change)


def _direction(result: growth.Comparison) -> str:
    if result.change is None or result.is_noise or not round(result.change, 3):
        return "flat"
    return "up" if result.change > 0 else "down"
