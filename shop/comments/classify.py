"""Classification of a comment by its text: language."""

from __future__ import annotations

import re

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")
ALPHABETIC = re.compile(r"[^\W\d_]")


def language_of(text: str) -> str:
    """zh where any Chinese character stands, en where all characters are plain Latin, else other.

    Japanese (kana) and Korean count as other although they may contain Chinese characters.
    """
    if re.search(r"[\u3040-\u30ff\uac00-\ud7af]", text):
        return "other"
    if HAN.search(text):
        return "zh"
    characters = ALPHABETIC.findall(text)
    return "en" if characters and all(LATIN.match(character) for character in characters) else "other"
