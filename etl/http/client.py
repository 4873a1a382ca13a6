"""The only module that sends HTTP requests: paced, repeated where a repeat helps, counted against a budget.

No error, log or repr contains a secret; URLs with tokens stay out of tracebacks (`raise … from None`).
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from math import ceil
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from urllib3.exceptions import HTTPError

from etl.http.errors import BadAnswer, ClockOff, PlatformDown, RateLimited, Refused, Unsure, of_answers
from etl.http.rate_limit import Bucket, Budget, Clock
from etl.http.retry import ATTEMPTS, MAX_WAIT, pause, requested_wait

logging.getLogger("urllib3").setLevel(logging.WARNING)  # its debug lines contain URLs with tokens

TIMEOUT = (10.0, 30.0)  # seconds to connect, and between two chunks of an answer
LONGEST_ANSWER = 120.0  # seconds for the whole answer, however slowly it arrives
LARGEST_ANSWER = 64 * 2**20  # bytes
POLL = 20.0  # seconds: long waits are cut into such pauses, so that the lease can be renewed in between


# --- requests and answers -------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One request as a platform means it, before common parameters and signature.

    `name` is the platform's method name where it has one; `data` are the business parameters.
    `host` picks one of the platform's addresses. `open` calls carry no access token. A `once` call
    is not repeated when its answer got lost: it would be done twice.
    """

    method: str
    path: str
    name: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None
    host: str = "api"
    open: bool = False
    once: bool = False


@dataclass(frozen=True)
class ApiRequest:
    """One request ready to be sent, signed; never shown, because its query contains tokens."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ApiResponse:
    """One JSON answer with its HTTP status."""

    status: int
    body: Any = field(repr=False)


# --- the client -----------------------------------------------------------------------------------


class Client:
    """One platform's requests, one after another: paced, repeated, counted.

    `heartbeat` is called before every request and in long waits: it renews the lease of the run.
    `jitter` returns a number from 0 to 1. `wait_seconds` (rate limit, back-off) and `network_seconds`
    add up over all requests; `skew` is how many seconds the platform's clock is ahead of this machine's.
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
        heartbeat: Callable[[], None] = lambda: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.platform, self.hosts, self.attempts = platform, dict(hosts), attempts
        self.clock = clock or Clock()
        self.budget = budget or Budget()
        self.bucket = Bucket(rate, self.clock)
        self.heartbeat, self.jitter = heartbeat, jitter
        self.skew = 0.0
        self._dated: tuple[float, float] | None = None  # the platform's last Date, our stopwatch then
        self.wait_seconds = self.network_seconds = 0.0
        self._not_before = self.clock.stopwatch()
        self._session = requests.Session()
        for address in self.hosts.values():
            _check_address(platform, address)
        self._session.trust_env = not all(map(_is_loopback, self.hosts.values()))

    def send(
        self,
        prepare: Callable[[float], ApiRequest],
        opened: Callable[[ApiResponse], Any],
        *,
        once: bool = False,
    ) -> Any:
        """Send what `prepare` makes for the moment until `opened` takes the answer out of its envelope.

        Raises the last failure when all attempts failed, and at once what a repeat cannot correct.
        `once`: a lost answer raises Unsure, because a repeat would do the write twice.
        """
        attempt, corrected = 0, False
        while True:
            attempt += 1
            try:
                answer = self._exchange(prepare)
                with of_answers(self.platform):
                    return opened(answer)
            except ClockOff:
                if corrected or abs(self._measured_skew - self.skew) < 30:
                    raise
                self.skew, corrected = self._measured_skew, True
            except (RateLimited, PlatformDown) as problem:
                if once and isinstance(problem, PlatformDown):
                    raise Unsure(platform=self.platform) from None
                requested = float(problem.details.get("wait", 0.0))
                if attempt >= self.attempts or requested > MAX_WAIT:
                    raise
                self._rest(pause(attempt, requested, self.jitter()))

    def _rest(self, seconds: float) -> None:
        self.wait_seconds += seconds
        while seconds > 0:
            self.clock.sleep(min(seconds, POLL))
            seconds -= POLL
            self.heartbeat()

    def _exchange(self, prepare: Callable[[float], ApiRequest]) -> ApiResponse:
        self.heartbeat()
        self.budget.spend(self.platform)
        pause = max(self.bucket.wait(), self._not_before - self.clock.stopwatch())
        if pause > 0:
            self._rest(pause)
        request = prepare(self.clock.now() + self.skew)
        started = self.clock.stopwatch()
        try:
            return self._answer(*self._raw(request))
        finally:
            self.network_seconds += self.clock.stopwatch() - started

    def _raw(self, request: ApiRequest) -> tuple[requests.Response, bytes]:
        """The response with its whole body, within the limits of time and size."""
        query = urlencode(request.query, quote_via=quote)
        url = self.hosts[request.host] + request.path + ("?" + query if query else "")
        deadline = self.clock.stopwatch() + LONGEST_ANSWER
        body = bytearray()
        try:
            with self._session.request(
                request.method,
                url,
                data=request.body,
                headers=dict(request.headers),
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response:
                for chunk in response.iter_content(2**16):
                    body += chunk
                    if len(body) > LARGEST_ANSWER or self.clock.stopwatch() > deadline:
                        raise PlatformDown(platform=self.platform, found="too long")
        except (requests.RequestException, HTTPError, HTTPException, OSError) as problem:
            raise PlatformDown(platform=self.platform, found=type(problem).__name__) from None
        return response, bytes(body)

    def _answer(self, response: requests.Response, body: bytes) -> ApiResponse:
        status = response.status_code
        self._note_time(response)
        wait = requested_wait(response.headers.get("Retry-After", ""), self.clock.now() + self._measured_skew)
        self._not_before = max(self._not_before, self.clock.stopwatch() + wait)
        if status == 429:
            raise RateLimited(platform=self.platform, wait=ceil(wait))
        if status >= 500 or 300 <= status < 400:
            raise PlatformDown(platform=self.platform, found=f"HTTP {status}", wait=wait)
        try:
            return ApiResponse(status, _decoded(body))
        except (ValueError, RecursionError):
            pass
        if status >= 400:
            raise Refused(platform=self.platform, found=f"HTTP {status}")
        raise BadAnswer(platform=self.platform, found="no JSON")

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

    def clock_difference(self) -> int | None:
        """How many seconds the platform's clock is ahead of this machine's; None before the first answer."""
        return None if self._dated is None else round(self._measured_skew)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _decoded(body: bytes) -> Any:
    """The JSON of an answer; halves of characters become �, numbers that are none (NaN) are missing."""
    content = json.loads(body, parse_constant=lambda _: None)
    if b"\\ud" in body.lower():
        written = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        content = json.loads(written)
    return content


def _is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")


def _check_address(platform: str, address: str) -> None:
    """Tokens travel over TLS, or stay on this machine."""
    if urlsplit(address).scheme != "https" and not _is_loopback(address):
        raise Refused(platform=platform, found="address.without-tls")
