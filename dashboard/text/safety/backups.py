"""Backups in words: moments on the shop's clock, and what is in one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.i18n.messages import t
from shop.backup_drill import Drill
from shop.backups.contents import BackupSummary
from shop.db.database import Database
from shop.metrics.settings import shop_settings


def moment(db: Database, when: datetime) -> str:
    """A moment (UTC) on the shop's clock."""
    with db.read() as connection:
        local = when.astimezone(ZoneInfo(shop_settings(connection).time_zone))
    return t("backups.when", on=local.date(), at=local)


def megabytes(size: int) -> str:
    """A number of bytes in MB."""
    return f"{size / 1e6:,.1f} MB"


def summary(contents: BackupSummary) -> str:
    """The rows of a backup that a studio would miss."""
    return t("backups.summary.rows", **vars(contents))


def drill_lines(report: Drill, when: str) -> list[str]:
    """The outcome of a drill, then each comparison."""
    verdict = t(f"backups.drill.{'well' if report.is_well else 'ill'}", when=when)
    return [
        verdict,
        summary(report.summary),
        *(t(f"backups.checks.{check.name}.{check.verdict}", **check.details) for check in report.checks),
    ]
