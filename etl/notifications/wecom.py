"""A WeCom (企业微信) group robot.

Group-robot guide, developer.work.weixin.qq.com: POST to /cgi-bin/webhook/send?key=…; text of at most 2,048
bytes, a picture (JPEG, PNG) of at most 2 MB as Base64 with its MD5. The key in the address is all the
secret there is.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from etl.notifications.message import Message

NAME = "wecom"
HOSTS = ("qyapi.weixin.qq.com",)
LONGEST_TEXT, LARGEST_PICTURE = 2048, 2 << 20


def parts(message: Message) -> Iterator[Message]:
    """The posts that one message takes: its text, then its picture where that is not too large."""
    yield Message(message.title, message.text)
    if message.picture and len(message.picture) <= LARGEST_PICTURE:
        yield Message("", "", message.picture)


def request(message: Message, secret: str, now: float) -> tuple[tuple[()], bytes]:
    """No more query, and the body."""
    if message.picture:
        image = {
            "base64": base64.b64encode(message.picture).decode(),
            "md5": hashlib.md5(message.picture, usedforsecurity=False).hexdigest(),
        }
        return (), json.dumps({"msgtype": "image", "image": image}).encode()
    text = f"{message.title}\n{message.text}".encode()[:LONGEST_TEXT].decode("utf-8", "ignore")
    body = {"msgtype": "text", "text": {"content": text}}
    return (), json.dumps(body, ensure_ascii=False).encode()


def code(body: Any) -> Any:
    """0 where the message was taken."""
    return body.get("errcode") if isinstance(body, dict) else None
