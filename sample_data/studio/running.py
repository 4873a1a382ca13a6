"""What the owner enters of running costs: rates (one of another layer of foam), hours of work, advertising."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from sample_data.studio.values import EnteredAds, EnteredRate

HEAVY = 1_000  # grams
FAR = ("新疆", "内蒙古")
SUNDAY, FRIDAY = 6, 4
DEARER = 90  # days after the first rates the courier asks more


def rates(since: date) -> Iterator[EnteredRate]:
    """Yield rates from the first day of the records, and the courier's new prices some months later."""
    for from_on, more in ((since, 0), (since + timedelta(days=DEARER), 40)):
        yield EnteredRate("courier", from_on, 480 + more, up_to_g=HEAVY)
        yield EnteredRate("courier", from_on, 760 + more)
        for province in FAR:
            yield EnteredRate("courier", from_on, 1_500 + more, province=province)
    yield EnteredRate("courier", since, 450, platform="kuaishou", up_to_g=HEAVY)
    yield EnteredRate("packing", since, 135)
    yield EnteredRate("layer", since, 40)
    yield EnteredRate("wage", since, 3_200)
    yield EnteredRate("wage", since + timedelta(days=DEARER), 3_350)


def labour(since: date, until: date, seed: int) -> Iterator[tuple[date, int]]:
    """Yield the minutes of packing and of live sessions of every day but Sundays."""
    rng = Random(f"{seed} labour")
    for day in _days(since, until):
        minutes = rng.randrange(50, 190, 5)
        if day.weekday() != SUNDAY:
            yield day, minutes


def ads(since: date, until: date, products: list[str], seed: int) -> Iterator[EnteredAds]:
    """Yield advertising of the days from Friday to Sunday, at times for one product."""
    rng = Random(f"{seed} ads")
    for day in _days(since, until):
        cents, product = rng.randrange(30, 180) * 100, rng.choice(products)
        if day.weekday() >= FRIDAY:
            yield EnteredAds(day, "douyin", cents)
        if day.weekday() == FRIDAY:
            yield EnteredAds(day, "douyin", cents // 3, product)


def _days(since: date, until: date) -> Iterator[date]:
    for number in range((until - since).days + 1):
        yield since + timedelta(days=number)
