"""A DingTalk (钉钉) group robot.

Custom-robot guide, open.dingtalk.com: POST to /robot/send?access_token=…; with a secret, the query takes
`timestamp` (milliseconds) and `sign`, Base64 of HMAC-SHA256 keyed with the secret over both.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

from etl.notifications.message import Message

NAME = "dingtalk"
HOSTS = ("oapi.dingtalk.com",)


def parts(message: Message) -> Iterator[Message]:
    """The posts that one message takes: one, in text; a robot's address takes no pictures."""
    yield message


def request(message: Message, secret: str, now: float) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """The signature for the query, and the body."""
    body = {"msgtype": "text", "text": {"content": f"{message.title}\n{message.text}"}}
    signed: tuple[tuple[str, str], ...] = ()
    if secret:
        moment = str(int(now * 1000))
        digest = hmac.digest(secret.encode(), f"{moment}\n{secret}".encode(), "sha256")
        signed = (("timestamp", moment), ("sign", base64.b64encode(digest).decode()))
    return signed, json.dumps(body, ensure_ascii=False).encode()


def code(body: Any) -> Any:
    """0 where the message was taken."""
    return body.get("errcode") if isinstance(body, dict) else None
