"""Strict mocks of the platforms' APIs over the practice shop: for tests, loopback only.

    with serve(Shop(orders=2000, until=date(2025, 10, 31))) as mock:
        mock.url("douyin_shop"), mock.credentials("douyin_shop"), mock.clock

It verifies signatures, timestamps, tokens, page sizes and windows as the platforms document them
and answers in their own envelopes; orders change as their clock moves; faults happen on demand.
Where the documents are silent the choice is ours and a comment names it.
"""

from sample_data.mock_platforms.history.buyers import CANARIES
from sample_data.mock_platforms.history.shop import Shop
from sample_data.mock_platforms.run import MockPlatforms, serve
from sample_data.mock_platforms.server.clock import Clock, ManualClock, RunningClock
from sample_data.mock_platforms.server.faults import Faults
from sample_data.mock_platforms.server.http import NotLoopback
from sample_data.mock_platforms.shops import PLATFORMS

__all__ = [
    "CANARIES",
    "PLATFORMS",
    "Clock",
    "Faults",
    "ManualClock",
    "MockPlatforms",
    "NotLoopback",
    "RunningClock",
    "Shop",
    "serve",
]
