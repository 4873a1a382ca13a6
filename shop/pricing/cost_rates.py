"""Rates that the owner enters: what a courier takes for a parcel, what packs it, what an hour of work costs.

A rate is valid from its day until the next of the same scope, so that a new price leaves earlier days as they
were. Of several that fit a parcel the one that names its platform comes first, then the one that names its
province, then the lowest weight that it does not exceed. A province fits as it begins: 浙江 is 浙江省.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from shop.access.audit import log_action
from shop.access.change_log import Edits
from shop.access.roles import Actor, require, require_reader
from shop.core.errors import ShopError
from shop.db.database import Database
from shop.db.dialect import raw_cursor
from shop.metrics.settings import shop_settings, today
from shop.models.costs import RateKind

ALWAYS_WIDE = (RateKind.WAGE, RateKind.LAYER)
COLUMNS = "kind, platform, province, up_to_g, from_on, cents, currency"
SELECT = f"SELECT {COLUMNS} FROM cost_rate WHERE shop_id = ? ORDER BY {COLUMNS}"
# What sending costs by platform (`shop.pricing.floor_prices`): where no rate of a courier fits.
FLAT = "SELECT platform, shipping_cents FROM platform_terms WHERE shop_id = ? AND shipping_cents > 0"


class BadCostRate(ShopError):
    """A rate below zero, or an hour of work (a layer of foam) for one platform, province or weight."""

    message = "A rate is an amount of 0 or more; a wage or a layer of foam is for every platform, province and weight."


class NoSuchRate(ShopError):
    """There is no rate of this scope from this day."""

    message = "There is no rate of this kind from {day}."


@dataclass(frozen=True)
class RateScope:
    """What a rate is for: `platform` and `province` ("" is any), up to `up_to_g` grams (0 is any weight)."""

    kind: RateKind
    platform: str = ""
    province: str = ""
    up_to_g: int = 0


@dataclass(frozen=True)
class DatedRate:
    """One rate in cents of `currency`, valid from a shop day; per parcel, or per hour of work."""

    scope: RateScope
    from_on: date
    cents: int
    currency: str


@dataclass(frozen=True)
class RateTable:
    """All rates of one kind in one currency; `flat` is what sending costs by platform where no rate fits."""

    rates: tuple[DatedRate, ...]
    flat: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rates or self.flat)

    def cents(
        self, on: date, platform: str = "", province: str | None = None, grams: int | None = None
    ) -> int | None:
        """The rate of a parcel (an hour) of a shop day; None where none fits.

        Without `grams` the weight is unknown: only rates for any weight fit.
        """
        fitting: dict[RateScope, DatedRate] = {}
        for rate in self.rates:  # of one scope the earliest first: the last one stays
            if rate.from_on <= on and _fits(rate.scope, platform, province or "", grams):
                fitting[rate.scope] = rate
        if not fitting:
            return self.flat.get(platform)
        best = min(
            fitting, key=lambda scope: (not scope.platform, not scope.province, scope.up_to_g or 10**9)
        )
        return fitting[best].cents


def _fits(scope: RateScope, platform: str, province: str, grams: int | None) -> bool:
    return (
        scope.platform in ("", platform)
        and province.startswith(scope.province)
        and (not scope.up_to_g or (grams is not None and grams <= scope.up_to_g))
    )


def read_rates(connection: Connection, shop_id: int = 1) -> list[DatedRate]:
    """All rates, by kind, scope and day."""
    rows = raw_cursor(connection).execute(SELECT, (shop_id,)).fetchall()
    return [
        DatedRate(RateScope(RateKind(kind), *scope), date.fromisoformat(from_on), cents, currency)
        for kind, *scope, from_on, cents, currency in rows
    ]


def rate_table(connection: Connection, kind: RateKind, currency: str, shop_id: int = 1) -> RateTable:
    """The rates of one kind in one currency; those of couriers with the cost of shipping by platform."""
    rates = _of(read_rates(connection, shop_id), kind, currency)
    flat: dict[str, int] = {}
    if kind is RateKind.COURIER and currency == shop_settings(connection, shop_id).currency:
        flat = dict(raw_cursor(connection).execute(FLAT, (shop_id,)).fetchall())
    return RateTable(rates, flat)


def _of(rates: Iterable[DatedRate], kind: RateKind, currency: str) -> tuple[DatedRate, ...]:
    return tuple(rate for rate in rates if rate.scope.kind is kind and rate.currency == currency)


def cost_rates(db: Database, *, shop_id: int = 1) -> Sequence[DatedRate]:
    """All rates, by kind, scope and day; for the owner. Raises NotAllowed."""
    require_reader(db, "see_margins")
    with db.read() as connection:
        return read_rates(connection, shop_id)


def set_cost_rate(
    db: Database,
    scope: RateScope,
    cents: int | None,
    *,
    actor: Actor,
    from_on: date | None = None,
    currency: str | None = None,
    shop_id: int = 1,
) -> int:
    """Enter a rate from a shop day on (today without); None removes the one of that day.

    In the shop's currency without another. Returns the audit number that undoes it. Raises BadCostRate, NoSuchRate,
    NotAllowed.
    """
    require(actor, "set_costs")
    is_narrow = bool(scope.platform or scope.province or scope.up_to_g)
    if (cents or 0) < 0 or scope.up_to_g < 0 or (scope.kind in ALWAYS_WIDE and is_narrow):
        raise BadCostRate
    with db.write() as connection:
        edits = Edits(connection, shop_id)
        key = {
            "kind": scope.kind.value,
            "platform": scope.platform,
            "province": scope.province.strip(),
            "up_to_g": scope.up_to_g,
            "from_on": (from_on or today(connection, shop_id)).isoformat(),
        }
        if cents is None:
            if not edits.delete("cost_rate", key):
                raise NoSuchRate(day=key["from_on"])
        else:
            money = currency or shop_settings(connection, shop_id).currency
            edits.put("cost_rate", key, {"cents": cents, "currency": money})
        return log_action(
            connection, actor, "costs.rate", scope.kind.value, undo=edits.undo or None, shop_id=shop_id
        )
