"""Build a practice shop's platforms, start their servers, and answer a test's questions."""

import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from sample_data.generator.clock import DAY
from sample_data.mock_platforms.history.shop import Shop
from sample_data.mock_platforms.server.clock import Clock, RunningClock
from sample_data.mock_platforms.server.faults import Faults
from sample_data.mock_platforms.server.http import PlatformServer, check_loopback
from sample_data.mock_platforms.server.platform import Platform
from sample_data.mock_platforms.server.request_log import RequestLog
from sample_data.mock_platforms.shops import PLATFORMS, Shops

RATE = 10.0


class MockPlatforms:
    """The running mock platforms: addresses, credentials, counters, the truth, and time to move on."""

    def __init__(
        self,
        shop: Shop,
        platforms: Sequence[str],
        faults: Faults,
        clock: Clock,
        port: int,
        rate: Mapping[str, float] | float,
        apps: Mapping[str, Mapping[str, str]],
        host: str,
    ) -> None:
        check_loopback(host)
        self.shop, self.faults, self.clock = shop, faults, clock
        self.rates = {
            name: rate if isinstance(rate, int | float) else rate.get(name, RATE) for name in platforms
        }
        self.lock = threading.RLock()
        self.shops = Shops(shop)
        self.platforms: dict[str, Platform] = {
            name: self.shops.open(name, clock, faults, self.rates[name], apps.get(name, {}))
            for name in platforms
        }
        self.servers = {
            name: PlatformServer(host, port + place if port else 0, platform, self.lock)
            for place, (name, platform) in enumerate(self.platforms.items())
        }
        for server in self.servers.values():
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, platform: str) -> str:
        """Return the base address of a platform (for TikTok Shop also that of its tokens)."""
        return self.servers[platform].url

    def credentials(self, platform: str) -> dict[str, str]:
        """Return credentials that work: the app's keys, a fresh consent code and a token pair."""
        with self.lock:
            return self.platforms[platform].consent()

    @property
    def requests(self) -> dict[str, RequestLog]:
        """The counters of each platform."""
        return {name: platform.log for name, platform in self.platforms.items()}

    @property
    def violations(self) -> list[Any]:
        """Every request on any platform that came too early or too often."""
        return [violation for log in self.requests.values() for violation in log.violations]

    @property
    def cpu(self) -> float:
        """The server's own processor seconds on all platforms."""
        return sum(log.cpu for log in self.requests.values())

    def set_faults(self, faults: Faults) -> None:
        """Let other faults happen from now on."""
        with self.lock:
            self.faults = faults
            for platform in self.platforms.values():
                platform.faults = faults
                platform.tokens.worn_after = faults.expire_tokens_every

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Let time pass on the mock platforms' clock: orders change, new ones come in."""
        self.clock.advance(days * DAY + hours * 3_600 + seconds)  # type: ignore[attr-defined]

    def expire_tokens(self, platform: str) -> None:
        """End a platform's access tokens now."""
        with self.lock:
            self.platforms[platform].tokens.expire()

    def secrets(self) -> set[str]:
        """Return all secrets and tokens there are, for a search for leaks."""
        return set().union(*(platform.secrets() for platform in self.platforms.values()))

    def stop(self) -> None:
        """Stop listening."""
        for server in self.servers.values():
            server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    shop: Shop | None = None,
    *,
    platforms: Sequence[str] = PLATFORMS,
    faults: Faults | None = None,
    clock: Clock | None = None,
    port: int = 0,
    rate: Mapping[str, float] | float = RATE,
    apps: Mapping[str, Mapping[str, str]] | None = None,
    host: str = "127.0.0.1",
) -> MockPlatforms:
    """Start the mock platforms over a practice shop and return them, listening.

    Their time begins at the shop's moment of export; a client must share `clock` (also by way of
    `MockPlatforms.clock`) unless the shop ends now. `rate` is requests a second per app; `apps` sets
    keys by platform; with a `port` the platforms take it and the following ones.
    """
    shop = shop or Shop()
    begins = RunningClock(shop.moment if shop.until or shop.now else None)
    return MockPlatforms(shop, platforms, faults or Faults(), clock or begins, port, rate, apps or {}, host)
