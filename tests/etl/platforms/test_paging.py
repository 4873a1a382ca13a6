"""Lists that shift while they are read: nothing that stays in the window is passed over."""

import random
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.platforms.base import DAY, Account, Resource, TimeWindow
from etl.platforms.paging import numbered, timed
from etl.platforms.records import ParseContext
from etl.platforms.tiktok_shop.orders import parse_orders
from etl.sync.windows import MARGIN, span, split

Item = dict[str, Any]


class Shifting:
    """A list by time of change: now and then something that was met changes, and leaves the window."""

    def __init__(self, times: list[int], size: int, seed: int) -> None:
        self.items = [{"id": number, "at": at} for number, at in enumerate(times)]
        self.size, self.rng, self.changed, self.requests = size, random.Random(seed), set[int](), 0

    def read(self, window: TimeWindow, page: int) -> tuple[list[Item], int]:
        self.requests += 1
        here = [item for item in self.items if window.start <= item["at"] < window.end]
        here.sort(key=lambda item: (item["at"], item["id"]))
        result = here[page * self.size : (page + 1) * self.size]
        if result and self.rng.random() < 0.3:
            gone = self.rng.choice(here)
            gone["at"] = 10**9
            self.changed.add(gone["id"])
        self.rng.shuffle(result)
        return [dict(item) for item in result], len(here)


@settings(max_examples=80, deadline=None)
@given(times=st.lists(st.integers(0, 60), max_size=80), size=st.integers(2, 9), seed=st.integers(0, 99))
def test_what_stays_is_met(times: list[int], size: int, seed: int):
    world = Shifting(times, size, seed)
    pages = timed(world.read, size, lambda item: item["at"], lambda item: item["id"], TimeWindow(0, 61))
    met = {item["id"] for page in pages for item in page}
    assert set(range(len(times))) - world.changed <= met


def test_reading_by_time_takes_hardly_more_requests_than_pages():
    world = Shifting(list(range(0, 10_000, 2)), 100, 1)
    world.rng.random = lambda: 1.0  # type: ignore[method-assign]
    list(timed(world.read, 100, lambda item: item["at"], lambda item: item["id"], TimeWindow(0, 10_001)))
    assert world.requests <= 52


def test_a_list_by_numbers_is_read_again_where_something_lacks():
    pages = [[{"id": 1}, {"id": 2}], [{"id": 2}]]
    again = iter([(pages[0], 3), (pages[1], 3), (pages[0], 3), ([{"id": 3}], 3)])
    result = {
        item["id"] for page in numbered(lambda _: next(again), 2, lambda item: item["id"]) for item in page
    }
    assert result == {1, 2, 3}


def nothing(_account: Account, _window: TimeWindow) -> Any:
    return iter(())


@settings(max_examples=80)
@given(
    now=st.integers(1_700_000_000, 1_800_000_000),
    back=st.integers(0, 100 * DAY),
    longest=st.sampled_from([DAY, 7 * DAY, 30 * DAY]),
    days=st.booleans(),
)
def test_windows_cover_the_stretch_without_gap_or_overlap(now: int, back: int, longest: int, days: bool):
    resource = Resource("x", nothing, parse_orders, window=longest, look_back=3 * DAY, whole_days=days)
    whole = span(resource, now, now - back, None)
    assert whole is not None
    assert whole.start == max(now - back - 3 * DAY, now - 90 * DAY + MARGIN) and whole.end == now
    pieces = split(resource, whole, ParseContext())
    assert pieces[0].start <= whole.start and pieces[-1].end >= whole.end
    for before, after in pairwise(pieces):
        assert before.end == after.start
    assert all(0 < item.end - item.start <= longest for item in pieces)
    if not days:
        assert (pieces[0].start, pieces[-1].end) == (whole.start, whole.end)


def test_a_list_without_time_rests_after_it_was_read():
    resource = Resource("x", nothing, parse_orders, rest=3600)
    assert span(resource, 10_000, 9_000, None) is None
    assert span(resource, 13_000, 9_000, None) == TimeWindow(0, 13_000)
    assert span(resource, 10_000, 9_000, 0) == TimeWindow(0, 10_000)
