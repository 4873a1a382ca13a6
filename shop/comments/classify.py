"""Classification of a comment by its text: language, question or not, personal data masked."""

from __future__ import annotations

import re

MASK = "●"

PHONE = re.compile(r"(?<![\d.])(?:\+?\d{1,3}[-\s]?)?(?:\(\d{2,4}\)[-\s]?)?\d(?:[-\s]?\d){6,13}(?![\d.])")
EMAIL = re.compile(r"[\w.+-]+\s?[@＠]\s?[\w-]+(?:\.[\w-]+)+")
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


QUESTION_ZH = re.compile(
    r"[?？]|[吗嗎呢么麼](?:[\W_]|$)|多少|几(?!乎|次了|天了)|幾|什么|什麼|甚麼|啥|哪|怎么|怎麼|怎样|咋|如何|为什么|为啥"
    r"|能不能|可不可以|是不是|有没有|有沒有|会不会|要不要|好不好|能否|可否|是否|贵不贵|重不重|多大|多高|多重|多久|多长"
    r"|[能可会有卖包收发]\S{0,6}不(?:[\W_]|$)|不(?:[\W_]*$)|求(?:链接|价|购|补货)|价格$|什么价"
)
QUESTION_EN = re.compile(
    r"[?？]|\b(?:how|what|where|when|which|why|who)\b|^\W*(?:can|could|do|does|did|is|are|will|would"
    r"|may|any)\b|\b(?:do|can|could|would|will) (?:you|i|we|it|this|they)\b|\bmoq\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether a remark is a question: a question mark, a question word (多少, 哪, how …) or an interrogative form.

    A plain rule, the same every time: 吗/呢/么 at the end of a phrase, 能…不, 有没有, 求链接, how,
    what, "can you …". A statement that happens to contain such a word is counted as a question.
    """
    return bool(QUESTION_ZH.search(text) or QUESTION_EN.search(text))
