"""Sales campaigns of the platforms (618, 双11, 年货节, 38节) and of the shop itself: an editable table.

The dates that come along are the main phase of each campaign as we know it: no announcement was at
hand to check them against, so that all of them are estimates and are marked so, until the owner or the
creator types the real dates over them. Own campaigns can be added, and any one removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, text

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require
from shop.core import holidays
from shop.core.errors import ShopError
from shop.core.periods import Period
from shop.db.database import Database

LONGEST_DAYS = 120
NAMES = {"618": "618", "double11": "双11", "new_year_goods": "年货节", "38": "38节"}
KNOWN = {
    ("618", 2021): ("06-01", "06-18"),
    ("618", 2022): ("06-01", "06-18"),
    ("618", 2023): ("06-01", "06-18"),
    ("618", 2024): ("05-24", "06-18"),
    ("618", 2025): ("05-13", "06-18"),
    ("double11", 2021): ("10-27", "11-11"),
    ("double11", 2022): ("10-31", "11-11"),
    ("double11", 2023): ("10-20", "11-11"),
    ("double11", 2024): ("10-08", "11-11"),
    ("double11", 2025): ("10-09", "11-11"),
}
EVERY_YEAR = {"618": ("06-01", "06-18"), "double11": ("11-01", "11-11"), "38": ("03-01", "03-08")}
BEFORE_SPRING = (28, 10)  # 年货节: about four weeks to ten days before the new year


class BadCampaign(ShopError):
    """A campaign without a name, or longer than any campaign is."""

    message = "A campaign needs a name and at most {longest} days."


class UnknownCampaign(ShopError):
    """There is no such campaign in that year."""

    message = "There is no campaign “{name}” in {year}."


class NoCampaign(ShopError):
    """There is no campaign that a period could be set against."""

    message = "No campaign with an earlier year is known near these days. Add its dates first."


@dataclass(frozen=True)
class Edition:
    """One campaign of one year. `is_own` means that its dates are in the shop's own table."""

    key: str
    year: int
    name: str
    period: Period
    is_estimate: bool = False
    is_own: bool = False


def editions(db: Database, years: range, shop: int = 1) -> tuple[Edition, ...]:
    """Every campaign of these years, by its first day: what the owner typed goes before what we know."""
    with db.read() as connection:
        typed = _typed(connection, years, shop)
    result = {(item.key, item.year): item for item in _known(years) if (item.key, item.year) not in typed}
    result |= {place: item for place, item in typed.items() if item is not None}
    return tuple(sorted(result.values(), key=lambda item: (item.period.start, item.key)))


def _known(years: range) -> Iterable[Edition]:
    for year in years:
        for key, name in NAMES.items():
            days, is_estimate = _days(key, year)
            if days:
                yield Edition(key, year, name, days, is_estimate)


def _days(key: str, year: int) -> tuple[Period | None, bool]:
    """The days of a campaign as listed, else as in the last year listed: an estimate."""
    if key == "new_year_goods":
        if not holidays.FIRST_YEAR <= year <= holidays.LAST_YEAR:
            return None, True
        spring = holidays.festival_on("spring", year)
        first, last = (spring - timedelta(days=days) for days in BEFORE_SPRING)
        return Period(first, last), True
    latest = max((item for name, item in KNOWN if name == key and item <= year), default=None)
    dates = EVERY_YEAR[key] if latest is None else KNOWN[key, latest]
    first, last = (date.fromisoformat(f"{year:04}-{day}") for day in dates)
    return Period(first, last), True


def _typed(connection: Connection, years: range, shop: int) -> dict[tuple[str, int], Edition | None]:
    """The shop's own table; None where the owner removed a campaign."""
    rows = connection.execute(
        text(
            "SELECT campaign_key, year, name, start_on, end_on, is_estimate, is_removed FROM campaign "
            "WHERE shop_id = :shop AND year BETWEEN :first AND :last"
        ),
        {"shop": shop, "first": years.start, "last": years.stop - 1},
    )
    return {
        (row.campaign_key, row.year): None
        if row.is_removed
        else Edition(
            row.campaign_key,
            row.year,
            row.name,
            Period(date.fromisoformat(row.start_on), date.fromisoformat(row.end_on)),
            bool(row.is_estimate),
            is_own=True,
        )
        for row in rows
    }


def campaign_of(day: date, result: Iterable[Edition]) -> Edition | None:
    """The campaign that runs on a day: the shortest, where several do."""
    running = [item for item in result if item.period.start <= day <= item.period.end]
    return min(running, key=lambda item: item.period.days, default=None)


def nearest(period: Period, result: Iterable[Edition]) -> tuple[Edition, Edition]:
    """The campaign that a period overlaps most, else lies nearest to, and its last earlier year.

    Raises NoCampaign where none has an earlier year.
    """
    every = list(result)
    pairs = [
        (item, max(earlier, key=lambda other: other.year))
        for item in every
        if (earlier := [other for other in every if other.key == item.key and other.year < item.year])
    ]
    if not pairs:
        raise NoCampaign()
    return min(pairs, key=lambda pair: (-_shared(pair[0].period, period), -pair[0].year, pair[0].key))


def _shared(item: Period, other: Period) -> int:
    """How many days two periods share; where none, less the days between them."""
    return (min(item.end, other.end) - max(item.start, other.start)).days + 1


def laid(period: Period, now: Period, then: Period) -> Period:
    """A period laid relative to an earlier edition of the campaign it belongs to.

    Each end of it has the same distance to the nearer edge of the campaign, so that the first days of
    a campaign match its first days and the last its last, whatever its length.
    """
    from_start, from_end = period.start - now.start, period.start - now.end
    near_start = abs(from_start) <= abs(from_end)
    start = then.start + from_start if near_start else then.end + from_end
    from_start, from_end = period.end - now.start, period.end - now.end
    near_end = abs(from_end) <= abs(from_start)
    end = then.end + from_end if near_end else then.start + from_start
    if end < start:  # the earlier one was much shorter
        start = then.start + (period.start - now.start)
        end = start + (period.end - period.start)
    return Period(start, end)


# --- commands ---------------------------------------------------------------------------------------


def set_campaign(
    db: Database,
    name: str,
    year: int,
    period: Period,
    *,
    actor: Actor,
    key: str | None = None,
    is_estimate: bool = False,
    shop: int = 1,
) -> Edition:
    """Write the days of a campaign of one year, a new one or over those that are known.

    `key` ties the years of one campaign together; a known name has its own, else it is the name.
    Raises NotAllowed, BadCampaign.
    """
    require(actor, "edit_calendar")
    own = _own(name, year, period, key, is_estimate=is_estimate)
    _write(db, [own], [], actor, shop)
    return own


def remove_campaign(db: Database, key: str, year: int, *, actor: Actor, shop: int = 1) -> Edition:
    """Take a campaign of one year out of the calendar; raises NotAllowed, UnknownCampaign."""
    require(actor, "edit_calendar")
    known = _of_year(db, key, year, shop)
    _write(db, [], [known], actor, shop)
    return known


def save_calendar(
    db: Database,
    written: Iterable[tuple[str, int, Period]],
    removed: Iterable[tuple[str, int]],
    *,
    actor: Actor,
    shop: int = 1,
) -> int:
    """Write campaigns (name, year, days) and take others out (key, year), all or none.

    Returns the audit number under which it can be undone, 0 where nothing changed. Raises NotAllowed, BadCampaign,
    UnknownCampaign.
    """
    require(actor, "edit_calendar")
    own = [_own(name, year, period) for name, year, period in written]
    known = [_of_year(db, key, year, shop) for key, year in removed]
    return _write(db, own, known, actor, shop)


def reset_campaign(db: Database, key: str, year: int, *, actor: Actor, shop: int = 1) -> None:
    """Forget what was typed for a campaign of one year: known dates apply again, own ones are gone.

    Raises NotAllowed, UnknownCampaign.
    """
    require(actor, "edit_calendar")
    with db.write() as connection:
        edits = Edits(connection, shop)
        if not edits.delete("campaign", {"campaign_key": key, "year": year}):
            raise UnknownCampaign(name=key, year=year)
        log_action(
            connection,
            actor,
            "campaign.reset",
            f"{key} {year}",
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop,
        )


def key_of(name: str) -> str:
    """The key that ties the years of a campaign together: of a known name its own, else the name."""
    return next((key for key, known in NAMES.items() if name in (key, known)), name)


def _own(
    name: str, year: int, period: Period, key: str | None = None, *, is_estimate: bool = False
) -> Edition:
    """What the shop types for a year; raises BadCampaign."""
    name = name.strip()
    if not name or period.days > LONGEST_DAYS:
        raise BadCampaign(longest=LONGEST_DAYS)
    return Edition(key or key_of(name), year, name, period, is_estimate, is_own=True)


def _of_year(db: Database, key: str, year: int, shop: int) -> Edition:
    for edition in editions(db, range(year, year + 1), shop):
        if edition.key == key:
            return edition
    raise UnknownCampaign(name=key, year=year)


def _write(
    db: Database, written: Sequence[Edition], removed: Sequence[Edition], actor: Actor, shop: int
) -> int:
    with db.write() as connection:
        edits = Edits(connection, shop)
        for edition in (*written, *removed):
            values = {
                "name": edition.name,
                "start_on": edition.period.start.isoformat(),
                "end_on": edition.period.end.isoformat(),
                "is_estimate": int(edition.is_estimate),
                "is_removed": int(edition in removed),
            }
            edits.put("campaign", {"campaign_key": edition.key, "year": edition.year}, values)
        if not edits.changes:
            return 0
        return log_action(
            connection,
            actor,
            "campaign.set" if written else "campaign.remove",
            ", ".join(f"{edition.key} {edition.year}" for edition in (*written, *removed)),
            changes=edits.changes,
            undo=edits.undo,
            shop_id=shop,
        )
