"""Pure text rules: how codes and titles are normalised for matching, and how a SKU is titled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
IS_WIDE = re.compile(
    f"[{''.join(map(chr, WIDE))}]"
)  # few texts have any: looking costs a fifth of translating
BLANKS = re.compile(r"\s+")
DIRECTION = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x2028, 0x2029)
SHOWN_AS: dict[int, int | str] = {  # what a terminal or a mail program would obey, as what is seen
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: 0x2421,
    **{code: f"\\u{code:04x}" for code in (*range(0x80, 0xA0), *DIRECTION)},
}


def visible(text: str) -> str:
    """The text with control characters, escapes and turns of direction shown instead of obeyed."""
    return text.translate(SHOWN_AS)


def folded(text: str | None) -> str:
    """A code as it is matched: trimmed, ＡＢ－１ as AB-1; case is significant."""
    if text is None:
        return ""
    return (text.translate(WIDE) if IS_WIDE.search(text) else text).strip()


def wording(title: str | None, spec: str | None) -> str:
    """A title and its spec as they are matched: folded, with single blanks."""
    parts = (BLANKS.sub(" ", folded(part)) for part in (title, spec))
    return " | ".join(part for part in parts if part)


def has_words(cells: Iterable[Any], wanted: str) -> bool:
    """Whether every word of a search occurs in one of the cells, whatever its case; without a word it does."""
    words = wanted.casefold().split()
    joined = " ".join(map(str, filter(None, cells))).casefold() if words else ""
    return all(word in joined for word in words)


def full_title(design: str, variant: str | None) -> str:
    """The design's title plus those words of the variant that it lacks: 影青杯 + 影青 大号 = 影青杯 大号."""
    more = [word for word in (variant or "").split() if word.casefold() not in design.casefold()]
    return " ".join(filter(None, (design, *more)))


def sku_title(sku: str, design: str | None, variant: str | None) -> str:
    """The display title of one SKU; its code where the catalog does not have it."""
    return full_title(design, variant) if design else variant or sku
