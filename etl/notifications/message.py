"""One message: a title, plain text, and a picture where the service takes one."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """The content: plain text without markup; `picture` is a PNG."""

    title: str
    text: str
    picture: bytes | None = field(default=None, repr=False)
