"""Privacy in words: how long something is stored."""

from __future__ import annotations

from dashboard.i18n.messages import t


def duration(days: int | None) -> str:
    """A number of days in words, whole years as years; None is for good."""
    if days is None:
        return t("privacy.retention.forever")
    years, rest = divmod(days, 365)
    return t("privacy.retention.days", count=days) if rest else t("privacy.retention.years", count=years)
