"""What the commands after `kilnboard live` and `kilnboard video` share: a range, rows as plain values."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

USUAL_DAYS = 90


def range_of(db: Any, start: str | None, end: str | None, platform: str | None) -> Any:
    """The query of a range: to the last day with a session or video, USUAL_DAYS long unless its start is named."""
    from shop.core.errors import BadPeriod
    from shop.metrics.query import Query
    from shop.streams.sessions import newest_day

    known = newest_day(db)
    try:
        last = date.fromisoformat(end or known or date.today().isoformat())
        first = date.fromisoformat(start) if start else last - timedelta(days=USUAL_DAYS - 1)
    except ValueError as problem:
        raise BadPeriod(text=f"{start or ''}..{end or ''}") from problem
    if first > last:
        raise BadPeriod(text=f"{first}..{last}")
    return Query(("sessions",), first, last, where=(("platform", (platform,)),) if platform else ())


def table_rows(table: Any) -> list[dict[str, Any]]:
    """The rows of a table as plain values, missing ones as None."""
    names = [str(name) for name in table.columns]
    return [
        dict(zip(names, map(plain, row), strict=True)) for row in table.itertuples(index=False, name=None)
    ]


def plain(value: Any) -> Any:
    """A cell as JSON has it: whole numbers as integers, missing as None."""
    import pandas as pd

    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value
