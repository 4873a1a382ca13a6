"""What the commands after `kilnboard live` and `kilnboard video` share: the database, a range, rows as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import click

from dashboard.i18n import format
from dashboard.i18n.messages import t

json_option = click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
USUAL_DAYS = 90


@contextmanager
def opened() -> Iterator[tuple[Any, Any]]:
    """The database and the current user; money is written in the shop's currency."""
    from dashboard.ui.actor import actor
    from shop.connect import connect
    from shop.metrics.settings import shop_settings

    db = connect()
    try:
        with db.read() as connection:
            format.use_currency(shop_settings(connection).currency)
        yield db, actor()
    finally:
        db.close()


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
