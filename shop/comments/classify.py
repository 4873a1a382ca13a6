"""Classification of a comment by its text: language, personal data masked."""

from __future__ import annotations

import re

MASK = "●"

PHONE = re.compile(r"(?<![\d.])(?:\+?\d{1,3}[-\s]?)?(?:\(\d{2,4}\)[-\s]?)?\d(?:[-\s]?\d){6,13}(?![\d.])")
EMAIL = re.compile(r"[\w.+-]{1,64}\s?[@＠]\s?[\w-]+(?:\.[\w-]+)+")
WECHAT_WORD = r"(?:微信号?|威信|薇信|微❤|v信|vx|wx|weixin|wechat|weibo|微博|qq|扣扣|whatsapp|telegram|line)"
WECHAT = re.compile(rf"({WECHAT_WORD}\s*(?:号|id)?\s*[:：是=]?\s*)([a-z0-9][a-z0-9_-]{{4,}})", re.IGNORECASE)
ADD_ME = re.compile(r"((?:加|\+|➕)\s*(?:我|个)?\s*(?:v|V|薇|微)\s*[:：]?\s*)([A-Za-z0-9][\w-]{4,})")
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def mask_personal(text: str) -> str:
    """The text with phone numbers, e-mail addresses and messenger ids replaced by ●."""
    text = text.translate(DIGITS)
    text = EMAIL.sub(_blot, text)
    text = WECHAT.sub(_blot_id, text)
    text = ADD_ME.sub(_blot_id, text)
    return PHONE.sub(_blot_number, text)


def _blot(match: re.Match[str]) -> str:
    return MASK * len(match[0])


def _blot_id(match: re.Match[str]) -> str:
    return match[1] + MASK * len(match[2])


def _blot_number(match: re.Match[str]) -> str:
    """Seven digits or more are a number to call; a date such as 2026-01-31 is not."""
    if re.fullmatch(r"(?:19|20)\d\d[-\s](?:0?[1-9]|1[0-2])[-\s](?:0?[1-9]|[12]\d|3[01])", match[0]):
        return match[0]
    return MASK * len(match[0])


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
