"""The frame's line while the demo runs: that the shop is a practice shop, and the time on its clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.ui import cache, text
from dashboard.ui.frame.practice_mode import is_practice
from shop.db.database import Database
from shop.metrics.settings import ShopSettings, shop_settings


def show() -> None:
    """One line above the page; nothing in a real shop."""
    if not is_practice():
        return
    time_zone = cache.cached(_settings).time_zone
    now = datetime.now(UTC).astimezone(ZoneInfo(time_zone))
    hours = int((now.utcoffset() or now - now).total_seconds()) // 3600
    text.note(
        t("practice.note", day=now.date(), weekday=now.date(), at=format.clock(now), zone=f"UTC{hours:+d}")
    )


def _settings(db: Database) -> ShopSettings:
    with db.read() as connection:
        return shop_settings(connection)
