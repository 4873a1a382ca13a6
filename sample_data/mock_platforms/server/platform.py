"""What all mock platforms share: a request, a reply, an app with its tokens."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sample_data.mock_platforms.server.clock import Clock
from sample_data.mock_platforms.server.faults import Faults, RequestFaults
from sample_data.mock_platforms.server.request_log import RateLimit, RequestLog
from sample_data.mock_platforms.server.tokens import Pair, Tokens

TOLERANCE = 300  # seconds a timestamp may be off, our own choice


@dataclass(frozen=True)
class Request:
    """One request as it came in; query values are decoded, the body is the received bytes."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    request_faults: RequestFaults

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """One answer; `outcome` is "ok" or the platform's code."""

    body: bytes
    outcome: str = "ok"
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """A platform's own refusal; its gateway puts it in the platform's envelope."""

    def __init__(self, *codes: Any) -> None:
        self.codes = codes
        super().__init__(*codes)


@dataclass(frozen=True)
class PlatformSettings:
    """What every platform is opened with."""

    clock: Clock
    faults: Faults
    rate: float
    app: Mapping[str, str]


class Platform(ABC):
    """One platform's gateway: checks a request as the real one does, then answers it.

    `name` is its key, `secret_names` are the credentials that must never leak.
    """

    name: str
    secret_names: tuple[str, ...]

    def __init__(self, setting: PlatformSettings) -> None:
        self.clock, self.faults = setting.clock, setting.faults
        self.app = {**self.default_app(), **setting.app}
        self.pace = RateLimit(setting.rate)
        self.log = RequestLog()
        self.tokens = self.make_tokens()
        if "access_token" in setting.app:
            self.tokens.issue(access=setting.app["access_token"])

    @property
    def now(self) -> int:
        """The platform's time in whole Unix seconds."""
        return int(self.clock.now() + self.faults.clock_skew)

    @abstractmethod
    def default_app(self) -> dict[str, str]:
        """Return the app's keys where none are given."""

    @abstractmethod
    def make_tokens(self) -> Tokens:
        """Return the app's tokens with the platform's lifetimes."""

    @abstractmethod
    def resource(self, request: Request) -> str:
        """Return the resource of a request, for the counters."""

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """Check a request and answer it, refusals included."""

    @abstractmethod
    def too_many(self) -> Reply:
        """Return the platform's answer to an app above its rate limit."""

    @abstractmethod
    def busy(self) -> Reply:
        """Return the platform's own answer when it is in a transient failure."""

    def consent(self) -> dict[str, str]:
        """Return the credentials of a fresh consent."""
        pair = self.tokens.issue()
        return {
            **self.app,
            "code": self.tokens.code(),
            "access_token": pair.access,
            "refresh_token": pair.refresh,
            "access_token_expires": str(int(pair.expires)),
            "refresh_token_expires": str(int(pair.refresh_expires)),
        }

    def secrets(self) -> set[str]:
        """Return all secrets that may appear in a credentials file only."""
        return {self.app[name] for name in self.secret_names} | self.tokens.known()


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def dumps(value: Any) -> bytes:
    """Return compact JSON, non-ASCII characters as they are."""
    return _ENCODER.encode(value).encode()


def seconds_left(pair: Pair, clock: Clock) -> int:
    """Return for how long an access token is still good."""
    return int(pair.expires - clock.now())
