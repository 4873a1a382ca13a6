"""One message: a title, plain text, and a picture where the service takes one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shop.core.text import visible

JOINER = "\u2060"  # no width: it parts what a chat program would read as a link, a mention or a tag
MARKUP = re.compile(r"(?i)(<(?=[a-z/@!])|@(?=\w)|\](?=\()|:(?=//)|\bwww(?=\.))")


def without_markup(text: str) -> str:
    """Text of which no chat or mail program makes a link, a mention of people or markup."""
    return MARKUP.sub(rf"\1{JOINER}", visible(text))


@dataclass(frozen=True)
class Message:
    """The content: plain text without markup, whatever names of products are in it; `picture` is a PNG."""

    title: str
    text: str
    picture: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", " ".join(without_markup(self.title).split()))
        object.__setattr__(self, "text", without_markup(self.text))
