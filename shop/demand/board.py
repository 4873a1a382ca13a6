"""The demand board: people who want a thing that is sold out, not listed or does not exist yet.

Grain: one thing (form x glaze x size). A person wants it who wrote that they want to buy it, look for it, wait for it
or have it produced; each author counts once, a comment without an author once. A thing is available when a fitting
variant can be had and is listed: then nobody has to wait, and it leaves the board.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, text

from shop.access.roles import require_reader
from shop.comments.offers import Offer, offers, prices
from shop.comments.search import author_mark
from shop.comments.topics import Thing
from shop.db.database import Database

DAYS = 90
WEEKS = 12
WANTING = frozenset(("buy", "where_to_buy", "stock", "custom_order", "lead_wholesale"))
COMMENTS = """
SELECT c.platform, c.comment_id, c.text, c.written_on, c.author_key, l.intents, l.wants, n.informed_at IS NOT NULL
FROM comment c JOIN comment_label l USING (shop_id, platform, comment_id)
LEFT JOIN demand_notice n USING (shop_id, platform, comment_id)
WHERE c.shop_id = :shop AND NOT c.is_own AND l.wants <> '{}' AND c.written_on > :since AND c.written_on <= :until
ORDER BY c.written_on DESC, c.written_at DESC, c.comment_id
"""
Missing = Literal["sold_out", "not_listed", "absent", "unknown", ""]


@dataclass(frozen=True)
class Wish:
    """One comment that wants a thing; `is_informed`: its author was informed that it is available."""

    platform: str
    comment_id: str
    text: str
    written_on: date
    author: str
    is_informed: bool


@dataclass(frozen=True)
class DemandItem:
    """One thing wanted: by how many people, lately and before, why it cannot be had, and what was written.

    `recent` and `before` are the people of the last four weeks and of the four before; `weeks` the people per week,
    oldest first. `sku` is the variant that fits where there is one; `value_cents` is people x typical price.
    """

    thing: Thing
    missing: Missing
    people: int
    recent: int
    before: int
    weeks: tuple[int, ...]
    value_cents: int
    sku: str | None
    wishes: tuple[Wish, ...] = field(default=())

    @property
    def key(self) -> str:
        """A name that stays while the thing does."""
        return "-".join((self.thing.form, self.thing.glaze, self.thing.size))


def demand(
    db: Database, today: date, platforms: Sequence[str] = (), days: int = DAYS, shop_id: int = 1
) -> list[DemandItem]:
    """What is wanted and cannot be had on a day of the shop, by people; NotAllowed for a role that sees no sums."""
    require_reader(db, "see_sums")
    with db.read() as connection:
        stock = offers(connection, shop_id)
        items = wanted(connection, today, stock, platforms, days, shop_id)
    return sorted(
        (item for item in items if item.missing), key=lambda item: (-item.people, -item.recent, item.key)
    )


def wanted(
    connection: Connection,
    today: date,
    stock: Sequence[Offer],
    platforms: Sequence[str] = (),
    days: int = DAYS,
    shop_id: int = 1,
) -> list[DemandItem]:
    """Every thing that people want, available ones included (`missing` is "")."""
    groups: dict[Thing, list[tuple[Wish, Any]]] = {}
    since = today - timedelta(days=days)
    for row in connection.execute(
        text(COMMENTS), {"shop": shop_id, "since": since.isoformat(), "until": today.isoformat()}
    ):
        if (platforms and row[0] not in platforms) or WANTING.isdisjoint(row[5].split(",")):
            continue
        thing = thing_wanted(json.loads(row[6]))
        if thing.is_named:
            wish = Wish(row[0], row[1], row[2], date.fromisoformat(row[3]), author_mark(row[4]), bool(row[7]))
            groups.setdefault(thing, []).append((wish, row[1] if row[4] is None else row[4]))
    typical = prices(connection, shop_id)
    return [_item(thing, members, stock, typical.of(thing), today) for thing, members in groups.items()]


def thing_wanted(wants: dict[str, Any]) -> Thing:
    """The thing of a label; a measure such as 500ml is part of it."""
    return Thing(*(str(wants.get(name, "")) for name in ("form", "glaze", "size")))


def _item(
    thing: Thing, members: list[tuple[Wish, Any]], stock: Sequence[Offer], price: int, today: date
) -> DemandItem:
    missing, sku = availability(thing, stock)
    people = len({who for _, who in members})
    return DemandItem(
        thing,
        missing,
        people,
        _people(members, today - timedelta(days=28), today),
        _people(members, today - timedelta(days=56), today - timedelta(days=28)),
        tuple(
            _people(members, today - timedelta(days=7 * (week + 1)), today - timedelta(days=7 * week))
            for week in reversed(range(WEEKS))
        ),
        people * price,
        sku,
        tuple(wish for wish, _ in members),
    )


def _people(members: list[tuple[Wish, Any]], after: date, until: date) -> int:
    return len({who for wish, who in members if after < wish.written_on <= until})


def availability(thing: Thing, stock: Sequence[Offer]) -> tuple[Missing, str | None]:
    """Why a thing cannot be had, "" where it can, and the variant that fits best; unknown without a catalog."""
    if not stock:
        return "unknown", None
    fitting = [offer for offer in stock if thing.fits(offer.thing)]
    if not fitting:
        return "absent", None
    there = [offer for offer in fitting if offer.is_there]
    if not there:
        return "sold_out", fitting[0].sku
    listed = [offer for offer in there if offer.is_listed]
    return ("", listed[0].sku) if listed else ("not_listed", there[0].sku)
