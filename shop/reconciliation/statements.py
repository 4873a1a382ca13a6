"""Statements: the totals that a platform states for a day or a range, entered or read from its file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core.errors import ShopError
from shop.core.periods import Period
from shop.db.database import Database
from shop.metrics.settings import shop_settings
from shop.reconciliation.definitions import FIGURES, Figure

PLATFORMS = ("douyin", "kuaishou", "tiktok")
Source = Literal["typed", "compass"]


class BadStatement(ShopError):
    """A reported total of an unknown platform or figure, or below zero."""

    message = (
        "A stated total needs a platform ({platforms}), a figure ({figures}) and an amount that is "
        "not negative."
    )


class UnknownStatement(ShopError):
    """No total of this platform and figure was typed in for this day."""

    message = "No {figure} of {platform} was typed in for {day}."


@dataclass(frozen=True)
class Statement:
    """What a platform states as its total of a range, in cents (orders: a count)."""

    platform: str
    period: Period
    figure: Figure
    currency: str
    amount: int
    source: Source
    note: str | None = None


def statements(
    db: Database, platform: str | None = None, shop: int = 1, *, source: Source | None = None
) -> tuple[Statement, ...]:
    """Every total that a platform states: typed in, or from a compass file (None: both); the latest first."""
    readers = {"typed": _typed, "compass": _from_product_statements}
    with db.read() as connection:
        all_statements = [
            statement
            for name, read in readers.items()
            if source in (None, name)
            for statement in read(connection, shop)
        ]
    wanted = [statement for statement in all_statements if platform in (None, statement.platform)]
    return tuple(
        sorted(
            wanted,
            key=lambda statement: (
                statement.period.end,
                statement.period.start,
                statement.platform,
                statement.figure,
                statement.source,
            ),
            reverse=True,
        )
    )


def _typed(connection: Connection, shop: int) -> list[Statement]:
    rows = connection.execute(
        text(
            "SELECT platform, day, figure, currency, amount, orders, note FROM stated_total "
            "WHERE shop_id = :shop"
        ),
        {"shop": shop},
    )
    entered = []
    for row in rows:
        day = date.fromisoformat(row.day)
        statement = Statement(
            row.platform, Period(day, day), row.figure, row.currency, row.amount, "typed", row.note
        )
        entered.append(statement)
        if row.orders is not None and row.figure != "orders":
            entered.append(replace(statement, figure="orders", amount=row.orders))
    return entered


def _from_product_statements(connection: Connection, shop: int) -> list[Statement]:
    rows = connection.execute(
        text(
            "SELECT platform, first_on, last_on, currency, SUM(gmv_cents) AS amount "
            "FROM product_statement WHERE shop_id = :shop AND carrier = 'all' "
            "GROUP BY platform, first_on, last_on, currency HAVING SUM(gmv_cents) IS NOT NULL"
        ),
        {"shop": shop},
    )
    return [
        Statement(
            row.platform,
            Period(date.fromisoformat(row.first_on), date.fromisoformat(row.last_on)),
            "gmv",
            row.currency,
            row.amount,
            "compass",
        )
        for row in rows
    ]


# --- commands ------------------------------------------------------------------------------------


def enter_statement(
    db: Database,
    platform: str,
    day: date,
    figure: str,
    amount: int,
    *,
    actor: Actor,
    currency: str | None = None,
    orders: int | None = None,
    remark: str | None = None,
    shop: int = 1,
) -> Statement:
    """Type in what a platform's back office states for a day, over an earlier one; money in cents.

    Raises NotAllowed, BadStatement.
    """
    require(actor, "set_goals")
    with db.write() as connection:
        known = _platforms(connection, shop)
        if platform not in known or figure not in FIGURES or amount < 0 or (orders or 0) < 0:
            raise BadStatement(platforms=", ".join(known), figures=", ".join(FIGURES))
        key = {
            "platform": platform,
            "day": day.isoformat(),
            "figure": figure,
            "currency": currency or shop_settings(connection, shop).currency,
        }
        values = {
            "amount": amount,
            "orders": orders,
            "note": (remark or "").strip() or None,
            "stated_at": int(datetime.now(UTC).timestamp()),
            "stated_by": actor.name,
        }
        edits = Edits(connection, shop)
        edits.put("stated_total", key, values)
        log_action(
            connection,
            actor,
            "stated_total.set",
            f"{platform} {day} {figure}",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop,
        )
    return Statement(platform, Period(day, day), figure, key["currency"], amount, "typed", values["note"])  # type: ignore[arg-type]


def delete_statement(
    db: Database,
    platform: str,
    day: date,
    figure: str,
    *,
    actor: Actor,
    currency: str | None = None,
    shop: int = 1,
) -> None:
    """Delete an entered total; raises NotAllowed, UnknownStatement."""
    require(actor, "set_goals")
    with db.write() as connection:
        key = {
            "platform": platform,
            "day": day.isoformat(),
            "figure": figure,
            "currency": currency or shop_settings(connection, shop).currency,
        }
        edits = Edits(connection, shop)
        if not edits.delete("stated_total", key):
            raise UnknownStatement(platform=platform, day=day.isoformat(), figure=figure)
        log_action(
            connection,
            actor,
            "stated_total.clear",
            f"{platform} {day} {figure}",
            undo=edits.undo,
            shop_id=shop,
        )


def platforms(db: Database, shop: int = 1) -> tuple[str, ...]:
    """The platforms that a total can be entered for."""
    with db.read() as connection:
        return _platforms(connection, shop)


def _platforms(connection: Connection, shop: int) -> tuple[str, ...]:
    """The platforms that sold something here, and those that we know."""
    rows = connection.execute(
        text("SELECT DISTINCT platform FROM fact_day WHERE shop_id = :shop"), {"shop": shop}
    )
    return tuple(sorted({*PLATFORMS, *(row[0] for row in rows)}))
