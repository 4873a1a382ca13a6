"""The one place that speaks HTTP: patience, rate limit, budget, and errors that can be told apart.

    ShopError
    └─ PlatformError         all that can go wrong with a platform
       ├─ TryLater           exit code 75: the same command works later
       │  ├─ RateLimited     the platform asks for fewer requests
       │  ├─ PlatformDown    no answer, a dropped one, HTTP 5xx
       │  │  └─ BadAnswer    cut off, HTML, no JSON
       │  ├─ BudgetSpent     this run's requests are used up
       │  └─ SyncRunning     another run holds the shop
       ├─ Refused            the platform says no, and will say no again
       │  ├─ NotPermitted    the app lacks a permission
       │  ├─ NotAuthorised   the owner must connect again
       │  ├─ TokenExpired    refreshed once, then NotAuthorised
       │  └─ ClockOff        this machine's clock is wrong
       ├─ Unsure             a write whose answer got lost
       └─ NotConnected       credentials are missing

No error, log or repr holds a secret or a platform's free text: only codes of a known shape. URLs with
tokens stay out of tracebacks (`raise … from None`).
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from math import ceil
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from urllib3.exceptions import HTTPError

from shop.core.errors import ShopError

logging.getLogger("urllib3").setLevel(logging.WARNING)  # its debug lines hold URLs with tokens

TIMEOUT = (10.0, 30.0)  # seconds to connect, and between two pieces of an answer
LONGEST_ANSWER = 120.0  # seconds for the whole answer, however slowly it drips
LARGEST_ANSWER = 64 * 2**20
ATTEMPTS = 20
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
PATIENCE = 15 * 60.0  # a Retry-After beyond this ends the run: try later
NAP = 20.0  # long waits are cut into naps, so that the lease can be kept alive
SHARE_OF_LIMIT = 0.95  # of the stated rate, for clocks that differ
MOST_REQUESTS = 20_000


class PlatformError(ShopError):
    """The base of all that can go wrong with a platform."""

    exit_code = 1


class TryLater(PlatformError):
    """Nothing is wrong for good: the same command works later."""

    exit_code = 75


class RateLimited(TryLater):
    """The platform asks for fewer requests; `wait` seconds where it says how long."""

    message = "{platform} asks for fewer requests. Try again in {wait} seconds."


class PlatformDown(TryLater):
    """No answer, a dropped one, or HTTP 5xx, also after many tries."""

    message = "{platform} does not answer ({found}). What was read is kept; try again later."


class BadAnswer(PlatformDown):
    """An answer that is cut off, or is no JSON."""

    message = "{platform} gave an answer that cannot be read ({found}). Try again later."


class BudgetSpent(TryLater):
    """The run has used all the requests that it may make."""

    message = "This run has used its {limit} requests to {platform}. Run again to go on from here."


class SyncRunning(TryLater):
    """Another run holds the lease of this shop and platform."""

    message = "{platform} is being synced by another run. Try again when it is done."


class Refused(PlatformError):
    """The platform says no, and would say no again; `found` is its code."""

    message = "{platform} refused the request ({found})."


class NotPermitted(Refused):
    """The app lacks the permission for this resource."""

    message = "{platform} does not let this app do that ({found}). Add the permission in its console."


class NotAuthorised(Refused):
    """Token and refresh token are of no use any more, or the keys are wrong."""

    message = "{platform} does not know this login any more ({found}). Run: kilnboard connect {platform}"


class TokenExpired(Refused):
    """The access token has ended: it is refreshed once."""

    message = "The access token of {platform} has ended ({found})."


class ClockOff(Refused):
    """The platform refuses the time of the request as too old or too new."""

    message = "{platform} says that this machine's clock is wrong ({found}). Set it and try again."


class Unsure(PlatformError):
    """A write that must not be repeated blindly: whether it was done is not known."""

    message = "{platform} did not say whether it did that. Look at the listing there before a retry."


class NotConnected(PlatformError):
    """Credentials are missing."""

    exit_code = 2
    message = "{platform} is not connected; missing: {missing}. Run: kilnboard connect {platform}"


CODE = re.compile(r"-?\d{1,9}$|[A-Za-z][A-Za-z_-]*(?:[.][A-Za-z_-]+)+(?::[A-Za-z_-]*\d{0,9})?$")


def code_text(*codes: Any) -> str:
    """The platform's codes as text; anything that is not shaped like a code is left out."""
    words = (str(code) for code in codes if code not in (None, ""))
    return " ".join(word for word in words if CODE.match(word)) or "?"


# --- what goes out and comes back -----------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One request as a platform means it, before common parameters and signature.

    `name` is the platform's method name where it has one; `data` are the business parameters.
    `host` picks one of the platform's addresses. `open` calls carry no access token. A `once` call
    is not repeated when its answer got lost: it would be done twice.
    """

    verb: str
    path: str
    name: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    host: str = "api"
    open: bool = False
    once: bool = False


@dataclass(frozen=True)
class Request:
    """One request ready to be sent, signed; never shown, because its query holds tokens."""

    verb: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """One JSON answer with its HTTP status."""

    status: int
    body: Any = field(repr=False)


@dataclass(frozen=True)
class Clock:
    """The world's time, handed in so that tests need not wait: wall clock, stopwatch, sleep."""

    now: Callable[[], float] = time.time
    stopwatch: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Budget:
    """How many requests one run may make."""

    limit: int = MOST_REQUESTS
    spent: int = 0

    def spend(self, platform: str) -> None:
        """Count one request, or raise BudgetSpent."""
        if self.spent >= self.limit:
            raise BudgetSpent(platform=platform, limit=self.limit)
        self.spent += 1


class Bucket:
    """A token bucket: `rate` requests a second, at most `burst` of them at once.

    It begins empty: another run of the same app may have asked a moment ago.
    """

    def __init__(self, rate: float, clock: Clock, burst: float = 1.0) -> None:
        self.rate, self.clock, self.burst = rate * SHARE_OF_LIMIT, clock, burst
        self._tokens, self._told = 0.0, clock.stopwatch()

    def wait(self) -> float:
        """Seconds until the next request may go; take its token."""
        now = self.clock.stopwatch()
        self._tokens = min(self.burst, self._tokens + (now - self._told) * self.rate) - 1
        self._told = now
        return max(0.0, -self._tokens / self.rate)


# --- the client -----------------------------------------------------------------------------------


class Client:
    """One platform's requests, one after another: paced, patient, counted.

    `beat` is called before every request and in long waits: it keeps the lease of the run alive.
    `waited` and `abroad` are the seconds spent waiting and in exchange with the platform.
    """

    def __init__(
        self,
        platform: str,
        hosts: Mapping[str, str],
        *,
        rate: float = 5.0,
        budget: Budget | None = None,
        clock: Clock | None = None,
        attempts: int = ATTEMPTS,
        beat: Callable[[], None] = lambda: None,
        luck: Callable[[], float] = random.random,
    ) -> None:
        self.platform, self.hosts, self.attempts = platform, dict(hosts), attempts
        self.clock = clock or Clock()
        self.budget = budget or Budget()
        self.bucket = Bucket(rate, self.clock)
        self.beat, self.luck = beat, luck
        self.skew = 0.0
        self._dated: tuple[float, float] | None = None  # the platform's last Date, our stopwatch then
        self.waited = self.abroad = 0.0
        self._not_before = self.clock.stopwatch()
        self._session = requests.Session()
        for address in self.hosts.values():
            _check_address(platform, address)
        self._session.trust_env = not all(map(_is_loopback, self.hosts.values()))

    def send(
        self, prepare: Callable[[float], Request], opened: Callable[[Answer], Any], *, once: bool = False
    ) -> Any:
        """Send what `prepare` makes for the moment until `opened` takes the answer out of its envelope.

        Raises the last failure when all tries failed, and at once what a repeat cannot mend.
        """
        attempt, corrected = 0, False
        while True:
            attempt += 1
            try:
                return opened(self._exchange(prepare))
            except ClockOff:
                if corrected or abs(self._measured_skew - self.skew) < 30:
                    raise
                self.skew, corrected = self._measured_skew, True
            except (RateLimited, PlatformDown) as problem:
                if once and isinstance(problem, PlatformDown):
                    raise Unsure(platform=self.platform) from None
                if attempt >= self.attempts or problem.details.get("wait", 0) > PATIENCE:
                    raise
                self._rest(self._pause(attempt, problem.details.get("wait", 0.0)))

    def _pause(self, attempt: int, asked: float) -> float:
        """Exponential back-off with jitter, and never less than the platform asked for."""
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
        return float(max(asked, longest * (0.5 + self.luck() / 2)))

    def _rest(self, seconds: float) -> None:
        self.waited += seconds
        while seconds > 0:
            self.clock.sleep(min(seconds, NAP))
            seconds -= NAP
            self.beat()

    def _exchange(self, prepare: Callable[[float], Request]) -> Answer:
        self.beat()
        self.budget.spend(self.platform)
        pause = max(self.bucket.wait(), self._not_before - self.clock.stopwatch())
        if pause > 0:
            self._rest(pause)
        request = prepare(self.clock.now() + self.skew)
        started = self.clock.stopwatch()
        try:
            return self._answer(*self._raw(request))
        finally:
            self.abroad += self.clock.stopwatch() - started

    def _raw(self, request: Request) -> tuple[requests.Response, bytes]:
        """The response with its whole body, within the limits of time and size."""
        query = urlencode(request.query, quote_via=quote)
        url = self.hosts[request.host] + request.path + ("?" + query if query else "")
        deadline = self.clock.stopwatch() + LONGEST_ANSWER
        body = bytearray()
        try:
            with self._session.request(
                request.verb,
                url,
                data=request.body,
                headers=dict(request.headers),
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response:
                for piece in response.iter_content(2**16):
                    body += piece
                    if len(body) > LARGEST_ANSWER or self.clock.stopwatch() > deadline:
                        raise PlatformDown(platform=self.platform, found="too long")
        except (requests.RequestException, HTTPError, HTTPException, OSError) as problem:
            found = type(problem).__name__
            raise PlatformDown(platform=self.platform, found=found) from None
        return response, bytes(body)

    def _answer(self, response: requests.Response, body: bytes) -> Answer:
        status = response.status_code
        self._note_time(response)
        wait = self._asked_wait(response)
        self._not_before = max(self._not_before, self.clock.stopwatch() + wait)
        if status == 429:
            raise RateLimited(platform=self.platform, wait=ceil(wait))
        if status >= 500 or 300 <= status < 400:
            raise PlatformDown(platform=self.platform, found=f"HTTP {status}", wait=wait)
        try:
            return Answer(status, json.loads(body))
        except ValueError:
            pass
        if status >= 400:
            raise Refused(platform=self.platform, found=f"HTTP {status}")
        raise BadAnswer(platform=self.platform, found="no JSON")

    def _asked_wait(self, response: requests.Response) -> float:
        """The seconds of Retry-After, which may be a number or a date; 0 where there is none."""
        text = response.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"\d{1,7}(\.\d+)?", text):
            return float(text)
        try:
            until = parsedate_to_datetime(text).timestamp()
        except (ValueError, TypeError):
            return 0.0
        return max(0.0, until - self.clock.now() - self._measured_skew)

    _measured_skew = 0.0

    def _note_time(self, response: requests.Response) -> None:
        """How far the platform's clock is ahead of ours, by its Date header (whole seconds)."""
        try:
            theirs = parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
        except (ValueError, TypeError):
            return
        self._measured_skew = theirs - self.clock.now()
        self._dated = theirs, self.clock.stopwatch()

    def platform_time(self) -> float | None:
        """The platform's time (seconds UTC) by its last Date header; None before the first answer.

        Carried on by the stopwatch, so that a wall clock set meanwhile does not matter.
        """
        if self._dated is None:
            return None
        date, then = self._dated
        return date + max(0.0, self.clock.stopwatch() - then)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()


def _is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")


def _check_address(platform: str, address: str) -> None:
    """Tokens travel over TLS, or stay on this machine."""
    if urlsplit(address).scheme != "https" and not _is_loopback(address):
        raise Refused(platform=platform, found="address.without-tls")
