"""A strict stand-in of the platforms' APIs over the practice shop: for tests, loopback only.

    with serve(Shop(orders=2000, until=date(2025, 10, 31))) as standin:
        standin.url("douyin_shop"), standin.credentials("douyin_shop"), standin.clock

It verifies signatures, timestamps, tokens, page sizes and windows as the platforms document them
and answers in their own envelopes; orders change as its clock moves; faults happen on demand.
Where the documents are silent the choice is ours and is said beside the code.
"""

from sample_data.mock_platforms.buyers import CANARIES
from sample_data.mock_platforms.clock import Clock, ManualClock, RunningClock
from sample_data.mock_platforms.faults import Faults
from sample_data.mock_platforms.run import StandIn, serve
from sample_data.mock_platforms.server import NotLoopback
from sample_data.mock_platforms.shop_history import Shop
from sample_data.mock_platforms.shops import PLATFORMS

__all__ = [
    "CANARIES",
    "PLATFORMS",
    "Clock",
    "Faults",
    "ManualClock",
    "NotLoopback",
    "RunningClock",
    "Shop",
    "StandIn",
    "serve",
]
