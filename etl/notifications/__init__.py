"""Outgoing notifications: a message to a group chat (Feishu, DingTalk, WeCom) or by mail.

A service is a module here with NAME, HOSTS, `request` and `opened`; mail goes its own way. What a chat
answers is only looked at for its code: no text of theirs is shown, no address or secret is logged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from urllib.parse import parse_qsl, urlsplit

from etl.http.client import ApiRequest, ApiResponse, Client
from etl.http.errors import Refused, code_text
from etl.http.rate_limit import Clock
from etl.notifications import dingtalk, feishu, wecom
from etl.notifications.message import Message
from shop.core.errors import ShopError

SERVICES: dict[str, ModuleType] = {item.NAME: item for item in (feishu, dingtalk, wecom)}
MAIL = "mail"
TRIES = 3


class UnknownService(ShopError):
    """The address of a group chat belongs to no service that we speak to."""

    message = (
        "“{host}” is no group-chat robot that Kilnboard knows. It writes to Feishu, DingTalk and "
        "WeCom robots; name the service where the address is your own relay."
    )


@dataclass(frozen=True)
class Address:
    """Where messages go: a chat robot's address with its secret, or a mailbox; never shown whole."""

    name: str
    service: str
    at: str = "09:00"
    settings: dict[str, str] = field(default_factory=dict, repr=False)


def service_of(url: str) -> str:
    """The service that a robot's address belongs to; raises UnknownService."""
    host = urlsplit(url).hostname or url
    for service in SERVICES.values():
        if host in service.HOSTS:
            return str(service.NAME)
    raise UnknownService(host=host)


def send(address: Address, message: Message, *, clock: Clock | None = None) -> None:
    """Deliver one message once; raises a PlatformError, Unsure where the answer got lost."""
    if address.service == MAIL:
        from etl.notifications import mail

        mail.send(address.settings, message)
        return
    _post(SERVICES[address.service], address.settings, message, clock or Clock())


def _post(service: ModuleType, settings: dict[str, str], message: Message, clock: Clock) -> None:
    parts = urlsplit(settings["url"])
    client = Client(service.NAME, {"api": f"{parts.scheme}://{parts.netloc}"}, clock=clock, attempts=TRIES)
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))

    def prepare(value: Message, now: float) -> ApiRequest:
        more, body = service.request(value, settings.get("secret", ""), now)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return ApiRequest("POST", "api", parts.path, (*query, *more), headers, body)

    def opened(answer: ApiResponse) -> None:
        code = service.code(answer.body)
        if answer.status >= 400 or code != 0:
            raise Refused(platform=service.NAME, found=code_text(code, answer.status))

    try:
        for part in service.parts(message):
            client.send(partial(prepare, part), opened, once=True)
    finally:
        client.close()
