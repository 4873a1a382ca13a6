"""Marks in words: what stands out in our own sentences, and the words of others where Streamlit reads markdown."""

from __future__ import annotations

import re
import string
from html import escape

from dashboard.i18n.messages import MARK

JOINER = "\u2060"  # WORD JOINER: no width; parts what would be read as a link or an icon by itself
BEFORE_PARTS = re.compile(r"(?i)(:|@|\bwww(?=\.))")
STRONG = re.compile(f"{MARK}(.+?){MARK}")


def emphasis(text: str) -> str:
    """The text marked as what stands out in a sentence."""
    return f"{MARK}{text}{MARK}"


def strong(text: str) -> str:
    """A sentence as HTML: escaped, in bold what stands out."""
    return STRONG.sub(r"<b>\1</b>", escape(text))


def plain(text: str) -> str:
    """A sentence without the marks of what stands out."""
    return text.replace(MARK, "")


def literal(text: str) -> str:
    """The text as markdown that shows it character by character, on one line.

    A backslash stops images, links, colours and formulas from being read. Bare addresses (http://, www.,
    name@host) and icons (:material/home:) are recognised by Streamlit after that: a joiner parts them.
    """
    parted = BEFORE_PARTS.sub(rf"\1{JOINER}", " ".join(text.split()))
    return "".join("\\" + sign if sign in string.punctuation else sign for sign in parted)
