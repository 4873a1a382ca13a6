"""Headers as they are matched: without the marks, units and spellings in which exports differ.

Full-width and traditional characters, character case, blanks, line breaks and underscores make no other header;
nor do stars, 必填, and a unit in brackets. A unit that changes the number (万元, 分钟) or names the currency
is handed to the cells of its column.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

LONG = 200  # characters: no header, not worth caching
BRACKETS = re.compile(r"[(\[【〔{<《]([^()\[\]【】〔〕{}<>《》]*)[)\]】〕}>》]")
DROPPED = re.compile(r"[\s_*★☆﹡✱\u200b-\u200f\ufeff'\"`]+")
AFTER = re.compile(r"[/:](?:单位:?)?(?:元|人民币|rmb|cny|件|个)$")  # 商品金额/元
NO_UNIT = frozenset(
    {
        *("元", "圆", "人民币", "人民币元", "rmb", "cny", "¥", "件", "个", "只", "套", "单", "笔", "条"),
        *(
            "人",
            "人次",
            "次",
            "次数",
            "个数",
            "秒",
            "s",
            "sec",
            "seconds",
            "pcs",
            "pc",
            "piece",
            "pieces",
            "qty",
        ),
        *("必填", "必填项", "选填", "选填项", "非必填", "必需", "必须", "可选"),
        *("required", "optional", "mandatory"),
    }
)
SCALES = {
    "万": "万",
    "万元": "万元",
    "千元": None,  # no cell is written so: a column of it is not known
    "亿": "亿",
    "万次": "万",
    "万人": "万",
    "分钟": "分钟",
    "min": "分钟",
    "minutes": "分钟",
    "小时": "小时",
    "h": "小时",
    "hours": "小时",
}
CURRENCY = re.compile(
    r"usd|eur|gbp|sgd|myr|thb|vnd|php|idr|jpy|krw|hkd|twd|aud|cad|brl|mxn|pln|sar|chf|czk|sek"
)


def plain(header: str) -> str:
    """A header without blanks, underscores and stars, in half-width, simplified and lower-case characters."""
    return _plain(header) if len(header) < LONG else _plain.__wrapped__(header)


@lru_cache(maxsize=20_000)
def _plain(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).replace("￥", "¥").lower()
    text = DROPPED.sub("", text).rstrip(":")
    if not text.isascii():
        text = _simplified().convert(text).translate(VARIANTS)
    return text


VARIANTS = str.maketrans("暱帐", "昵账")  # one word written in two ways


@lru_cache(maxsize=1)
def _simplified() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


NUMBER = re.compile(r"(?<=[\u4e00-\u9fff])单?(?:编号|号码|号|id)$")  # 售后单号, 售后编号, 售后单编号


def numbered(header: str) -> str:
    """A header as it is matched, with one word for the many Chinese ones for the number of a record."""
    return NUMBER.sub("号", normal(header))


def normal(header: str) -> str:
    """A header as it is matched, without the brackets that contain a unit or state that it must be filled."""
    return split_unit(header)[0]


def split_unit(header: str) -> tuple[str, str | None]:
    """A header as it is matched, and the unit that its cells have to be read with."""
    return _split_unit(header) if len(header) < LONG else _split_unit.__wrapped__(header)


@lru_cache(maxsize=20_000)
def _split_unit(header: str) -> tuple[str, str | None]:
    unit: str | None = None

    def dropped(result: re.Match[str]) -> str:
        nonlocal unit
        word = result[1].removeprefix("单位:").strip()
        if word in NO_UNIT or not word:
            return ""
        if SCALES.get(word):
            unit = SCALES[word]
            return ""
        if CURRENCY.fullmatch(word):
            unit = word.upper()
            return ""
        return result[0]

    whole = plain(header)
    text = BRACKETS.sub(dropped, whole) or whole
    text = AFTER.sub("", text) or text
    for mark in ("必填", "选填"):
        text = text.removeprefix(mark).removesuffix(mark) or text
    return text, unit
