"""One spelling for what people type: width, case, script, repeated characters, English words marked off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

MOST = 1500  # characters of a comment that are read
ASCII_WORD = re.compile(r"([a-z][a-z']*|\d+(?=[ \t]+[a-z]))(?:-(?=[a-z])|[ \t]*)")  # wood-fired is wood fired
REPEATED = re.compile(r"([^\d\s])\1\1+")
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\ufe0f\u00ad\x00"

THOUSANDS = {"w": "万", "k": "千"}  # 1w, 2k
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
    "“": '"',
    "”": '"',
    "「": '"',
    "」": '"',
    "『": '"',
    "』": '"',
}


class _Spellings(dict[int, str | None]):
    """One spelling of each character: compatibility form, lower case, simplified, invisible ones nothing."""

    def __missing__(self, code: int) -> str | None:
        spelled = unicodedata.normalize("NFKC", chr(code)).lower()
        known = [self.get(ord(character), character) for character in spelled]
        self[code] = "".join(character for character in known if character)
        return self[code]


@cache
def _table() -> _Spellings:
    """What is not the character's own compatibility form in lower case: script, variants, invisible characters."""
    table = _Spellings({ord(character): None for character in INVISIBLE})
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


@lru_cache(10_000)
def _written_out(word: str) -> str:
    """An English word as ‹word›, shorthand written out."""
    return "".join([f"‹{one}›" for one in _shorthand().get(word, word).split("_")])


def _marked(word: re.Match[str]) -> str:
    if word[1] in THOUSANDS and word.start() and word.string[word.start() - 1].isdigit():
        return THOUSANDS[word[1]]
    return _written_out(word[1])


def _shortened(repeated: re.Match[str]) -> str:
    """Characters typed three times or more: a to z once, others twice."""
    character = repeated[1]
    return character if "a" <= character <= "z" else character * 2


def normalize(text: str) -> str:
    """The text in simplified characters and lower case, each English word as ‹word› without blanks after it."""
    text = text[:MOST]
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = REPEATED.sub(_shortened, text.translate(_table())[:MOST].strip())
    return ASCII_WORD.sub(_marked, text)


def unmarked(text: str) -> str:
    """Normalized text as people read it: English words with blanks between, without their marks."""
    if "‹" not in text:
        return text
    return text.replace("›‹", " ").replace("‹", " ").replace("›", " ").strip()


SHORT = 80  # characters; however a character is spelled in full, so many stay below MOST
MARK = "\x1e"  # the record separator, between texts; a blank, so that several are no repeated character


def normalize_all(texts: Sequence[str]) -> list[str]:
    """`normalize` for many texts: short ones in one go, for a call of a function costs more than its work."""
    if not texts:
        return []
    together = [text if len(text) <= SHORT and MARK not in text else "" for text in texts]
    joined = MARK.join(together)
    if not unicodedata.is_normalized("NFC", joined):
        joined = unicodedata.normalize("NFC", joined)
    joined = ASCII_WORD.sub(_marked, REPEATED.sub(_shortened, joined.translate(_table())))
    result = [text.strip() for text in joined.split(MARK)]
    return [short or (normalize(text) if text else "") for short, text in zip(result, texts, strict=True)]
