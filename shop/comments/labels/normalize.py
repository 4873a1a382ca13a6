"""One spelling for what people type: width, case, script, repeated characters, English words marked off."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

MOST = 1500  # characters of a comment that are read
ASCII_WORD = re.compile(r"([a-z][a-z']*|\d+(?=[ \t]+[a-z]))[ \t]*")
ASCII_CHARACTER = re.compile(r"[a-z]")
TRIPLE = re.compile(r"(.)\1\1")
REPEATED_LATIN = re.compile(r"([a-z])\1{2,}")
REPEATED = re.compile(r"([^\d\s])\1{2,}")
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\ufe0f\u00ad\x00"

UNCHANGED = "乾冇"
VARIANTS = {
    "価": "价",
    "気": "气",
    "著": "着",
    "裏": "里",
    "裡": "里",
    "喺": "在",
    "嘅": "的",
    "啲": "些",
    "佢": "他",
}


@cache
def _table() -> dict[int, str | None]:
    """Characters to replace: traditional by simplified, curly by straight, invisible ones by nothing."""
    table: dict[int, str | None] = {ord(character): None for character in INVISIBLE}
    table |= dict.fromkeys(range(127995, 128000))
    table |= {ord("’"): "'", ord("‘"): "'", ord("\n"): "|", ord("\r"): "|", ord("‹"): " ", ord("›"): " "}
    source = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    for line in source.splitlines():
        traditional, _, simplified = line.partition("\t")
        if len(traditional) == 1 and traditional not in UNCHANGED:
            table[ord(traditional)] = simplified.split(" ")[0]
    table |= {ord(a): b for a, b in VARIANTS.items()}
    return table


@cache
def _shorthand() -> dict[str, str]:
    """English words by their short forms: you by u, want_to by wanna."""
    source = files("shop.comments.labels").joinpath("lexicon/shorthand.txt").read_text("utf-8")
    lines = [line.partition(": ") for line in source.splitlines() if not line.startswith("#")]
    return {short: word for word, _, shorts in lines for short in shorts.split()}


def _marked(word: re.Match[str]) -> str:
    """An English word as ‹word›, shorthand written out."""
    return "".join(f"‹{one}›" for one in _shorthand().get(word[1], word[1]).split("_"))


def normalize(text: str) -> str:
    """The text in simplified characters and lower case, each English word as ‹word› without blanks after it."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text[:MOST])
    text = text[:MOST].lower().translate(_table()).strip()
    if len(set(text)) < len(text) - 1 and TRIPLE.search(text):
        text = REPEATED.sub(r"\1\1", REPEATED_LATIN.sub(r"\1", text))
    if ASCII_CHARACTER.search(text):
        text = ASCII_WORD.sub(_marked, text)
    return text
