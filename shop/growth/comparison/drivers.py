"""Why sales changed: the change between two ranges split into its drivers, to the last 分.

The chain of live sales is sessions x hours per session x viewers per hour x clicks per viewer x
orders per click x pieces per order x price per piece; elsewhere it is orders x pieces per order x
price per piece. How the parts are determined is described in `shop.decomposition`. Ranges of different length
are measured per day, as `shop.growth.compare` does; those of one length as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import pandas as pd

from shop.core.money import half_up
from shop.core.periods import Period
from shop.db.database import Database
from shop.growth.comparison.basis import MONEY, Basis, RangeBasis, Sold, added, basis_of
from shop.growth.comparison.growth import Counted
from shop.metrics.query import Query, answer
from shop.stats.shapley import Gap, Level, Link, links, shapley, to_cents

Place = Literal["live", "elsewhere", "all"]

__all__ = ["MONEY", "Driver", "DriverReport", "two_largest", "why"]

CLICKS = ("product_clicks", "product_clickers")  # times, else people: what the platform reports
SESSION_LEVELS = ("sessions", "live_seconds", "viewers", *CLICKS)
ORDER_LEVELS = ("orders", "units", "gmv")
KNOWN_FROM = Fraction(4, 5)
"""Sessions count as known where at least this share of live orders fell into one of them; below it,
sessions are missing from the import, and fewer of them would be no cause."""


@dataclass(frozen=True)
class Driver:
    """One driver with its part of the change in cents (of a day, where the basis is per day).

    The factor is `over` per `under` (per nothing at the beginning of a chain), at the `place` of the
    sales that it moves; `now` and `before` are its own values, None where they are a mix of several
    that differs from the part. `left_out` names what could not be distinguished, with the reason.
    """

    over: str
    under: str | None
    place: Place
    part: int
    now: float | None
    before: float | None
    left_out: tuple[tuple[str, Gap], ...] = ()

    @property
    def name(self) -> str:
        """The driver in one word: orders@live, units/orders@all."""
        return _name(self.over, self.under, self.place)


@dataclass(frozen=True)
class DriverReport:
    """The change of one figure between two ranges and its drivers, which add up to it exactly.

    `figure`, `base` and `change` = figure - base are cents: of the whole range, or of a day that counts
    by `basis`. `sessions` shows whether the chain begins at live sessions: "known", "unknown"
    (live sales without imported sessions), or "none" (no live sales, or only some goods requested). Where one of
    the two figures is unknown (no file, no refunds), `is_known` is false and nothing is explained.
    """

    metric: str
    now: Period
    before: Period
    basis: Basis
    figure: int
    base: int
    drivers: tuple[Driver, ...]
    sessions: Literal["known", "unknown", "none"]
    is_known: bool = True

    @property
    def change(self) -> int:
        """What the drivers add up to."""
        return self.figure - self.base


# --- the chain -----------------------------------------------------------------------------------


def why(
    db: Database,
    query: Query,
    before: Period,
    metric: str = "gmv",
    counted: tuple[Counted, Counted] | None = None,
) -> DriverReport:
    """The drivers of the change of gmv or net sales, in the order of the chain; `counted` as in `growth.compare`.

    For net sales the refunds of the days are one more driver: less money refunded adds.
    """
    both = basis_of(db, query, before, metric, counted)
    if not both.is_known():
        return DriverReport(metric, both.now, both.before, both.basis, 0, 0, (), "none", is_known=False)
    sold = both.sold()
    groups, sessions = _groups(both, sold)
    parts, chains = _parts(groups)
    now, then = both.sums(sold, "gmv")
    if metric == "net_sales":
        refunds = both.sums(sold, "refunds")
        now, then = now - refunds[0], then - refunds[1]
        parts["refunds@all"] = refunds[1] - refunds[0]
        chains["refunds@all"] = [Link(Level("refunds", *refunds), None)]
    figure, base = half_up(now), half_up(then)
    cents = to_cents(figure - base, parts)
    drivers = [_driver(name, chains[name], cents[name], parts[name]) for name in parts]
    return DriverReport(
        metric,
        both.now,
        both.before,
        both.basis,
        figure,
        base,
        tuple(sorted(drivers, key=_chain_order)),
        sessions,
    )


def _parts(
    groups: Iterable[tuple[Place, Sequence[Level]]],
) -> tuple[dict[str, Fraction], dict[str, list[Link]]]:
    """The exact part of each driver over all chains, and the links that it comes from."""
    parts: dict[str, Fraction] = {}
    chains: dict[str, list[Link]] = {}
    for place, levels in groups:
        chain = links(levels)
        pairs = [(link.now, link.before) for link in chain]
        for link, part in zip(chain, shapley(pairs), strict=True):
            name = _name(*_ends(link), "all" if _is_shared(link) else place)
            parts[name] = parts.get(name, Fraction(0)) + part
            chains.setdefault(name, []).append(link)
    return parts, chains


def two_largest(result: DriverReport) -> tuple[Driver, ...]:
    """The two drivers that weigh most, whichever way they point, the largest first; none of nothing."""
    moving = [driver for driver in result.drivers if driver.part]
    return tuple(sorted(moving, key=lambda driver: (-abs(driver.part), driver.name))[:2])


def _name(over: str, under: str | None, place: Place) -> str:
    return f"{over}/{under}@{place}" if under else f"{over}@{place}"


def _is_shared(link: Link) -> bool:
    """Whether the factor means the same for live sales and others: it begins at orders or after."""
    return link.under is not None and link.under.name in ORDER_LEVELS


def _ends(link: Link) -> tuple[str, str | None]:
    return link.over.name, link.under.name if link.under else None


def _driver(name: str, chain: Sequence[Link], part: int, exact: Fraction) -> Driver:
    place: Place = name.rsplit("@", 1)[1]  # type: ignore[assignment]
    over, under = _ends(chain[0])
    now, before = _pooled(chain)
    rising = -1 if over == "refunds" else 1
    if (now - before) * exact * rising < 0:  # the mix of the chains shifted
        values: tuple[float | None, float | None] = (None, None)
    else:
        values = (float(now), float(before))
    left_out = dict.fromkeys(gap for link in chain for gap in link.left_out)
    return Driver(over, under, place, part, *values, tuple(left_out))


def _pooled(chain: Sequence[Link]) -> tuple[Fraction, Fraction]:
    """The factor's own values over all its chains: sum over sum."""
    overs = [link.over for link in chain]
    unders = [link.under for link in chain if link.under] or [Level("1", 1, 1)]
    now = added(level.now for level in overs) / added(level.now for level in unders)
    return now, added(level.before for level in overs) / added(level.before for level in unders)


PLACES = ("live", "elsewhere", "all")
ORDER = (*SESSION_LEVELS, *ORDER_LEVELS, "refunds")


def _chain_order(driver: Driver) -> tuple[int, int, int]:
    under = -1 if driver.under is None else ORDER.index(driver.under)
    return PLACES.index(driver.place), ORDER.index(driver.over), under


def _groups(
    both: RangeBasis, sold: tuple[Sold, Sold]
) -> tuple[list[tuple[Place, list[Level]]], Literal["known", "unknown", "none"]]:
    """The chains: own live sales of each platform whose sessions are known, then all others by
    carrier.
    """
    aired = [_aired(both, query) for query in both.queries]
    chains: list[tuple[Place, list[Level]]] = []
    rest: dict[str, list[tuple[str, ...]]] = {}
    known = live = 0
    for key in sorted(set(sold[0]) | set(sold[1])):
        carrier, seller, platform = key
        own_live = carrier == "live" and seller == "own"
        live += own_live
        if own_live and all(
            _sessions_known(item.get(key), two.get(platform)) for item, two in zip(sold, aired, strict=True)
        ):
            known += 1
            levels = [
                *_session_levels(both, [item.get(platform) for item in aired]),
                *_order_levels(both, sold, [key]),
            ]
            chains.append(("live", levels))
        else:
            rest.setdefault(carrier, []).append(key)
    for carrier, keys in rest.items():
        place: Place = "live" if carrier == "live" else "elsewhere"
        chains.append((place, _order_levels(both, sold, keys)))
    if not live or _is_narrowed(both.queries[0]):
        return chains, "none"
    return chains, "known" if known == live else "unknown"


def _is_narrowed(query: Query) -> bool:
    """Whether the question is about some goods only: no session can be attributed to those."""
    return any(name not in ("platform", "carrier", "seller", "day") for name, _ in query.where)


def _aired(both: RangeBasis, query: Query) -> dict[str, pd.DataFrame]:
    """Each platform's sessions of a range with their figures; none where the question is narrowed to
    something that a session does not report.
    """
    if _is_narrowed(query):
        return {}
    request = replace(
        query,
        metrics=(*SESSION_LEVELS, "session_orders"),
        by=("platform", "session"),
        where=(
            *(pair for pair in query.where if pair[0] in ("platform", "day")),
            *((("currency", (query.currency,)),) if query.currency else ()),
        ),
    )
    table = answer(both.db, request)
    return {str(platform): result for platform, result in table.groupby("platform")}


def _sessions_known(sold: Mapping[str, int] | None, aired: pd.DataFrame | None) -> bool:
    """Whether the imported sessions are those that the live orders came from."""
    orders = sold["orders"] if sold else 0
    within = 0 if aired is None else int(aired["session_orders"].sum())
    return within >= orders * KNOWN_FROM


def _session_levels(both: RangeBasis, aired: Sequence[pd.DataFrame | None]) -> list[Level]:
    """The sums of the sessions; clicks in times where every session reports them, else in people."""
    levels = {
        name: Level(
            name,
            *(_summed(both, table, name, query) for table, query in zip(aired, both.queries, strict=True)),
        )
        for name in SESSION_LEVELS
    }
    times, people = (levels.pop(name) for name in CLICKS)
    clicks = people if times.gap == "unknown" and people.gap != "unknown" else times
    return [*levels.values(), clicks]


def _summed(both: RangeBasis, table: pd.DataFrame | None, name: str, query: Query) -> Fraction | None:
    """A figure added up over all sessions of a range; None where one of them does not report it."""
    if table is None:
        return Fraction(0)
    if table[name].isna().any():
        return None
    return both.even(int(table[name].sum()), query)


def _order_levels(both: RangeBasis, sold: Sequence[Sold], keys: Iterable[tuple[str, ...]]) -> list[Level]:
    """The sums of the orders of some groups together."""
    wanted = list(keys)
    return [
        Level(
            name,
            *(
                both.even(sum(result[key][name] for key in wanted if key in result), query)
                for result, query in zip(sold, both.queries, strict=True)
            ),
        )
        for name in ORDER_LEVELS
    ]
