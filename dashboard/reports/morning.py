"""The morning message: yesterday, the month so far, and what waits, in a few plain lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from dashboard.i18n import format
from dashboard.i18n.messages import t
from etl.notifications import Address
from etl.notifications.daily import DeliveryReport, deliver, is_due
from etl.notifications.message import Message
from etl.notifications.recipients import all_addresses
from shop import overview
from shop.db.database import Database
from shop.growth.alerts import alerts
from shop.metrics.query import Query
from shop.metrics.settings import shop_settings


def shop_now(db: Database, shop: int = 1) -> datetime:
    """The moment on the shop's own clock."""
    with db.read() as connection:
        return datetime.now(ZoneInfo(shop_settings(connection, shop).time_zone))


def morning(db: Database, now: datetime, *, card: bool = False, shop: int = 1) -> Message:
    """The morning message of a shop day: yesterday's figures are whole, today's are not reported.

    `now` is on the shop's own clock; `card` adds the picture of the month up to yesterday.
    """
    with db.read() as connection:
        facts = shop_settings(connection, shop)
    format.use_currency(facts.currency)
    yesterday = now.date() - timedelta(days=1)
    at = overview.clock(db, now.astimezone(UTC), yesterday, shop)
    title = t("morning.title", shop=facts.name or t("frame.name"), on=yesterday)
    if at.last_sale is None:
        return Message(title, t("morning.empty"))
    day, _, month = overview.spans(db, Query(("gmv",), yesterday, yesterday, shop=shop), at)
    lines = [
        t(
            "morning.day",
            gmv=day.figures["gmv"].now.total,
            orders=day.figures["orders"].now.total,
            units=day.figures["units"].now.total,
            base=day.figures["gmv"].before.total,
        ),
        _month(month),
        *alert_lines(db, now, shop),
        *_open_items(db, now, shop),
    ]
    return Message(title, "\n".join(lines), _card(db, now) if card else None)


def due(db: Database) -> list[Address]:
    """The addresses to which the message of this shop day is due now."""
    now = shop_now(db)
    return [item for item in all_addresses() if is_due(db, item, now)]


def message_for(db: Database, item: Address, now: datetime) -> Message:
    """The message of this morning as an address wants it: with the card, or in words alone."""
    return morning(db, now, card=item.settings.get("card") == "yes")


def send_due(db: Database) -> list[DeliveryReport]:
    """Send the message of this morning to every address that is due; one report for each."""
    now = shop_now(db)
    reports = (deliver(db, item, now, partial(message_for, db, item, now)) for item in all_addresses())
    return [report for report in reports if report is not None]


def _card(db: Database, now: datetime) -> bytes | None:
    """The month up to yesterday as a picture; none where no font here can write Chinese."""
    from dashboard.reports import export
    from dashboard.reports.fonts import NoChineseFont
    from dashboard.reports.options import ReportOptions

    yesterday = now.date() - timedelta(days=1)
    options = ReportOptions(end=yesterday.isoformat(), against="mtd")
    try:
        return export.card(db, export.build_report(db, now.astimezone(UTC), options, "gmv"))
    except NoChineseFont:
        return None


def _month(month: overview.RunningPeriod) -> str:
    gmv = month.figures["gmv"]
    key = "unknown" if gmv.change is None else "noise" if gmv.is_noise else "known"
    return t(
        f"morning.month.{key}",
        gmv=gmv.now.total,
        change=gmv.change,
        base=gmv.before.total,
        before=gmv.before.period,
    )


def alert_lines(db: Database, now: datetime, shop: int = 1) -> list[str]:
    """The one alert of the day, if there is one that nobody has put away."""
    alerts.find_alert(db, now.date(), shop=shop)
    result = [item for item in alerts.open_alerts(db, now.date(), shop=shop) if item.on == now.date()]
    if not result:
        return []
    from dashboard.text import confidence  # brings the pages' framework along

    return [t("morning.alert", said=confidence.alert(item)) for item in result]


def _open_items(db: Database, now: datetime, shop: int) -> list[str]:
    waits = overview.open_items(db, now.date(), shop)
    lines = []
    if waits.open_questions:
        lines.append(t("morning.questions", count=waits.open_questions, people=waits.people))
    if waits.oversold:
        lines.append(t("morning.oversold", count=waits.oversold))
    if waits.rejected_rows:
        lines.append(t("morning.aside", count=waits.rejected_rows))
    if waits.days_since_import is not None and waits.days_since_import > 2:
        lines.append(t("morning.stale", days=waits.days_since_import))
    return lines
