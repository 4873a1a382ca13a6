"""Access and refresh tokens of one app: issued, expired, refreshed.

The old pair works until the new one is used for the first time, so that a client that crashes
before it has stored the new pair is not locked out; after that the old access token has ended and
the old refresh token is unknown. This is our own choice where documents are silent; Kuaishou's state
that both access tokens stay good and that the old refresh token ends within five minutes (`grace`),
and that the new one inherits its end.
"""

import secrets
from dataclasses import dataclass
from enum import Enum

from sample_data.mock_platforms.server.clock import Clock


class TokenStatus(Enum):
    """Status of an access token."""

    GOOD = "good"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass
class Pair:
    """An access token with its refresh token and when each one ends (Unix seconds)."""

    access: str
    refresh: str
    expires: float
    refresh_expires: float
    used: int = 0
    before: "Pair | None" = None
    replaced: bool = False


class Tokens:
    """The tokens of one app; `worn_after` requests end an access token early (0: never)."""

    def __init__(
        self,
        clock: Clock,
        prefix: str,
        *,
        lasts: float,
        refresh_lasts: float,
        worn_after: int = 0,
        rotates: bool = True,
        inherits: bool = False,
        grace: float | None = None,
    ) -> None:
        self.clock, self.prefix, self.worn_after, self.rotates = clock, prefix, worn_after, rotates
        self.lasts, self.refresh_lasts = lasts, refresh_lasts
        self.inherits, self.grace = inherits or not rotates, grace
        self._by_access: dict[str, Pair] = {}
        self._by_refresh: dict[str, Pair] = {}
        self._codes: set[str] = set()
        self.refreshes = 0

    def issue(self, access: str | None = None, before: Pair | None = None) -> Pair:
        """Return a new pair; the one `before` it ends when the new one is used."""
        now = self.clock.now()
        reuses = before is not None and not self.rotates
        refresh = before.refresh if before and reuses else f"{self.prefix}r-{secrets.token_hex(20)}"
        inherits = before is not None and self.inherits
        ends = before.refresh_expires if before and inherits else now + self.refresh_lasts
        access = access or f"{self.prefix}{secrets.token_hex(20)}"
        ended_by_use = before if self.grace is None else None
        pair = Pair(access, refresh, now + self.lasts, ends, before=ended_by_use)
        self._by_access[pair.access] = self._by_refresh[pair.refresh] = pair
        return pair

    def code(self) -> str:
        """Return a consent code that can be turned into a pair once."""
        code = f"{self.prefix}c-{secrets.token_hex(12)}"
        self._codes.add(code)
        return code

    def redeem(self, code: str) -> Pair | None:
        """Return a pair for a consent code, None if it is unknown or used."""
        if code not in self._codes:
            return None
        self._codes.discard(code)
        return self.issue()

    def refresh(self, token: str) -> Pair | None:
        """Return a new pair for a refresh token, None if it has ended or is unknown."""
        pair = self._by_refresh.get(token)
        if pair is None or pair.refresh_expires <= self.clock.now():
            return None
        self._retire(pair.before)
        self.refreshes += 1
        new = self.issue(before=pair)
        if self.grace is not None:
            pair.refresh_expires = min(pair.refresh_expires, self.clock.now() + self.grace)
        return new

    def use(self, access: str) -> TokenStatus:
        """Use an access token for one request and return its status."""
        pair = self._by_access.get(access)
        if pair is None:
            return TokenStatus.UNKNOWN
        worn = self.worn_after and pair.used >= self.worn_after
        if pair.replaced or worn or pair.expires <= self.clock.now():
            return TokenStatus.EXPIRED
        pair.used += 1
        self._retire(pair.before)
        pair.before = None
        return TokenStatus.GOOD

    def expire(self) -> None:
        """End all access tokens now, as the passing of time would."""
        for pair in self._by_access.values():
            pair.expires = min(pair.expires, self.clock.now())

    def _retire(self, pair: Pair | None) -> None:
        if pair is None:
            return
        pair.replaced = True
        if self.rotates:
            self._by_refresh.pop(pair.refresh, None)

    def known(self) -> set[str]:
        """Return every token ever issued, for a search for leaks."""
        return {*self._by_access, *self._by_refresh, *self._codes}
