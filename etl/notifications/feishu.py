"""A Feishu (飞书) or Lark group robot.

Custom-robot guide, open.feishu.cn: POST to /open-apis/bot/v2/hook/…; with a secret, `sign` is Base64 of
HMAC-SHA256 over nothing, keyed with the seconds, a line end and the secret.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

from etl.notifications.message import Message

NAME = "feishu"
HOSTS = ("open.feishu.cn", "open.larksuite.com")


def parts(message: Message) -> Iterator[Message]:
    """The posts that one message takes: one, in text; a robot's address takes no pictures."""
    yield message


def request(message: Message, secret: str, now: float) -> tuple[tuple[()], bytes]:
    """No more query, and the body with its signature."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": f"{message.title}\n{message.text}"}}
    if secret:
        seconds = str(int(now))
        digest = hmac.digest(f"{seconds}\n{secret}".encode(), b"", "sha256")
        body |= {"timestamp": seconds, "sign": base64.b64encode(digest).decode()}
    return (), json.dumps(body, ensure_ascii=False).encode()


def code(body: Any) -> Any:
    """0 where the message was taken; older answers name it StatusCode."""
    return body.get("code", body.get("StatusCode")) if isinstance(body, dict) else None
