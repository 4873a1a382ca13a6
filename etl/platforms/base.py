"""The shape of a platform's file: what it offers, within which limits, and how its records are read.

A connector is a module in `etl/platforms` that has the names of `Connector`. It knows its platform's
field names, and nothing of databases: it fetches pages of raw records through an `Account`, strips
personal data from them, and parses what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from etl.http.client import ApiRequest, ApiResponse, Call, Client
from etl.http.errors import NotAuthorised, TokenExpired
from etl.platforms.records import ParseContext, ParseResult, Record

DAY = 86_400
REFRESH_AHEAD = 600  # seconds before its end that a token is refreshed


class Person(Protocol):
    """How personal data leave a record: ids as keyed hashes, remarks masked with their contacts sealed."""

    def __call__(self, identity: str) -> int | None:
        """A platform's id of a buyer or author as our keyed hash."""
        ...

    def masked(self, remark: str) -> dict[str, Any]:
        """A remark as `content` without contacts, and `sealed_contact` where they are stored."""
        ...


@dataclass(frozen=True)
class TimeWindow:
    """A half-open stretch of time: from `start` up to but without `end`, in seconds UTC."""

    start: int
    end: int


@dataclass(frozen=True)
class Credential:
    """One thing the owner must paste; what to click is in the message connect.<platform>.<name>."""

    name: str
    secret: bool = True
    optional: bool = False


@dataclass(frozen=True)
class UnavailableKind:
    """What a platform's API does not offer, and the kind of export file that fills it (or none)."""

    kind: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Keys:
    """The credentials of one account, with its token; `ends_at` is seconds UTC, 0 for not known."""

    values: Mapping[str, str] = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    ends_at: int = 0

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def with_token(self, access: str, refresh: str, ends_at: int, **more: str) -> Keys:
        """The same account with a new token (and what came with it)."""
        values = {**self.values, **{name: text for name, text in more.items() if text}}
        return replace(
            self,
            values=values,
            access_token=access,
            refresh_token=refresh or self.refresh_token,
            ends_at=ends_at,
        )


@dataclass
class Account:
    """One connected account: signs, sends, and refreshes its token in time or once when it ended."""

    connector: Connector
    client: Client
    keys: Keys
    context: ParseContext = field(default_factory=ParseContext)
    settings: Mapping[str, str] = field(default_factory=dict)
    renew: Callable[[Keys], Keys] = lambda keys: keys

    def now(self) -> int:
        """The platform's time in seconds UTC; this machine's until the platform has answered once."""
        confirmed = self.confirmed()
        return int(self.client.clock.now() + self.client.skew) if confirmed is None else confirmed

    def confirmed(self) -> int | None:
        """The platform's time according to its own answers (seconds UTC), None before the first one."""
        result = self.client.platform_time()
        return None if result is None else int(result)

    def setting(self, name: str) -> str:
        """A setting of the connector (an API's version), or its default."""
        return self.settings.get(name) or self.connector.SETTINGS[name]

    def call(self, call: Call) -> Any:
        """The data of the platform's answer; raises a PlatformError."""
        if not call.open and self.keys.ends_at and self.keys.ends_at - self.now() < REFRESH_AHEAD:
            self.keys = self.renew(self.keys)
        try:
            return self._send(call)
        except TokenExpired as problem:
            if call.open:
                raise NotAuthorised(**problem.details) from None
        self.keys = self.renew(self.keys)
        try:
            return self._send(call)
        except TokenExpired as problem:
            raise NotAuthorised(**problem.details) from None

    def _send(self, call: Call) -> Any:
        def prepare(moment: float) -> ApiRequest:
            return self.connector.signed(call, self.keys, moment)

        return self.client.send(prepare, self.connector.opened, once=call.once)


Pages = Iterator[list[dict[str, Any]]]


@dataclass(frozen=True)
class Resource:
    """One kind of records that a platform offers, with the platform's limits (all in seconds).

    `window` is the longest stretch that one query may cover (0: the list has no time and is read
    whole), `history` how far back the platform answers, `look_back` how far a run reads again, and
    `rest` how long it is left alone after a run; `whole_days` cuts windows at the shop's midnights.
    `stored` shows how rows win: `version` (newer updated_at), `orders` (the same, each record a
    whole order), `snapshot` (the later reading).
    """

    kind: str
    fetch: Callable[[Account, TimeWindow], Pages]
    parse: Callable[[Sequence[Record], ParseContext], ParseResult]
    window: int = 0
    look_back: int = 0
    history: int = 90 * DAY
    rest: int = 0
    stored: str = "version"
    whole_days: bool = False


class Connector(Protocol):
    """The names that a module in `etl/platforms` has."""

    NAME: str
    PLATFORM: str
    HOSTS: Mapping[str, str]
    RATE: float
    SETTINGS: Mapping[str, str]
    CREDENTIALS: Sequence[Credential]
    RESOURCES: Sequence[Resource]
    GAPS: Sequence[UnavailableKind]
    TAKES_STOCK: bool

    def signed(self, call: Call, keys: Keys, moment: float) -> ApiRequest:
        """The request with common parameters, token and signature, for this moment."""
        ...

    def opened(self, answer: ApiResponse) -> Any:
        """The data inside the envelope; raises the PlatformError that its code stands for."""
        ...

    def first_token(self, account: Account) -> Keys:
        """The first token from what the owner pasted."""
        ...

    def next_token(self, account: Account) -> Keys:
        """The next token from the refresh token."""
        ...

    def strip_personal(self, raw: Record, person: Person) -> dict[str, Any]:
        """The record without names, phones, addresses, nicknames and ciphertexts; people as hashes."""
        ...

    def set_stock(self, account: Account, product_id: str, sku_id: str, quantity: int) -> None:
        """Report to the platform how many pieces of a SKU there are; NotOffered where it takes none."""
        ...
