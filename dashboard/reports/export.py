"""A story told outside the pages: read for a command's options, written as a file or a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import pandas as pd

from dashboard.i18n import format
from dashboard.i18n.messages import language, t
from dashboard.reports import growth_story, pdf, xlsx
from dashboard.reports import html as sheets
from dashboard.reports.growth_story import Story
from dashboard.reports.options import Asked, days
from dashboard.reports.png_card import Card, Tile, draw
from dashboard.ui import widgets
from shop import overview
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison import calendars, growth
from shop.metrics.query import Query, unit_of
from shop.metrics.settings import ShopSettings, shop_settings

CARD_TILES = 3


@dataclass(frozen=True)
class Told:
    """A story with the days and months that stand beside it."""

    story: Story
    daily: pd.DataFrame
    months: pd.DataFrame
    shop: ShopSettings
    on: date

    @property
    def name(self) -> str:
        """What the shop is called, or the program where it has no name."""
        return self.shop.name or t("frame.name")


def told(db: Database, now: datetime, asked: Asked, metric: str) -> Told:
    """The story of the days that were asked for: this month up to now by default, against the same
    days of the month before; a free range against the one just before it.
    """
    from shop.core.errors import UnknownMetric

    if metric not in growth_story.METRICS:
        raise UnknownMetric(name=metric, known=", ".join(growth_story.METRICS))
    with db.read() as connection:
        shop = shop_settings(connection)
    at = overview.clock(db, now)
    period = days(asked.start, asked.end, at.on)
    currency = asked.currency or shop.currency
    format.use_currency(currency)
    cut = at.cut(period)
    default = "mtd" if asked.start is None else "previous"
    pair = calendars.pair(db, period, asked.against or default, is_running=cut is not None)

    def question(*metrics: str) -> Query:
        return Query(metrics, period.start, period.end, where=asked.where, currency=currency, cut_at=cut)

    story = growth_story.tell(growth_story.straight(db), question, pair, metric, at.on)
    over = replace(question(metric), start=pair.now.start, end=pair.now.end)
    year = Period(max(_year_before(period.end), growth.first_sale_on(db) or period.start), period.end)
    months = growth.months(db, replace(question("units"), start=year.start, end=year.end, cut_at=None))
    return Told(story, growth.aligned(db, over, pair.before), months, shop, at.today)


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, 1)


def as_file(db: Database, found: Told, kind: str) -> bytes:
    """The story as html, pdf or xlsx."""
    if kind == "xlsx":
        return xlsx.xlsx(found.story, found.daily, found.months)
    html = sheets.html(found.story, found.daily, found.months, shop=found.name, made=format.day(found.on))
    return pdf.pdf(html) if kind == "pdf" else html.encode()


def card(db: Database, found: Told, *, amounts: bool = True) -> bytes:
    """The story as a picture card (PNG); without `amounts` only changes are told."""
    story, comparison = found.story, found.story.found
    metric = story.metric
    lines = [sheets.plain(line) for line in growth_story.sentences(story)]
    shown = growth_story.BESIDE[metric][:CARD_TILES]
    label = t("tile.per_day", metric=widgets.label_of(metric))
    money = unit_of(metric) == "cents"
    write = format.money if money else format.number
    return draw(
        Card(
            shop=found.name,
            title=format.span(story.pair.now),
            label=label if comparison.is_per_day else widgets.label_of(metric),
            figure=write(comparison.headline[0]) if amounts else widgets.change_of(comparison),
            change=_arrow(comparison) + widgets.change_of(comparison) if amounts else "",
            direction=_direction(comparison),
            sentence=("" if language() == "zh" else " ").join(lines[:3])
            if amounts
            else t(
                "card.quiet",
                now=story.pair.now,
                before=story.pair.before,
                change=widgets.change_of(comparison),
            ),
            tiles=[_tile(story, name, amounts) for name in shown],
            days=sheets.numbers(found.daily[metric]),
            before=sheets.numbers(found.daily[f"before_{metric}"]),
            chart=t("growth.chart", metric=widgets.label_of(metric), unit=widgets.unit_name(metric)),
            footer=t("sheet.foot", made=format.day(found.on)),
            up_is_red=format.red_is_up(),
        )
    )


def _tile(story: Story, name: str, amounts: bool) -> Tile:
    shown = widgets.first_tile(story.every[name])
    if not amounts:
        return Tile(shown.label, shown.change)
    return Tile(shown.label, shown.figure, shown.change)


def _direction(found: growth.Comparison) -> str:
    if found.change is None or found.is_noise or not round(found.change, 3):
        return "flat"
    return "up" if found.change > 0 else "down"


def _arrow(found: growth.Comparison) -> str:
    return "" if not found.change else "▲ " if found.change > 0 else "▼ "
