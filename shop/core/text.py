"""Pure text rules: how codes and titles are normalised for matching, and how a SKU is titled."""

from __future__ import annotations

import re

WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
BLANKS = re.compile(r"\s+")


def folded(text: str | None) -> str:
    """A code as it is matched: trimmed, ＡＢ－１ as AB-1; case is significant."""
    return "" if text is None else text.translate(WIDE).strip()


def wording(title: str | None, spec: str | None) -> str:
    """A title and its spec as they are matched: folded, with single blanks."""
    parts = (BLANKS.sub(" ", folded(part)) for part in (title, spec))
    return " | ".join(part for part in parts if part)


def full_title(design: str, variant: str | None) -> str:
    """The design's title plus those words of the variant that it lacks: 影青杯 + 影青 大号 = 影青杯 大号."""
    more = [word for word in (variant or "").split() if word.casefold() not in design.casefold()]
    return " ".join((design, *more))


def sku_title(sku: str, design: str | None, variant: str | None) -> str:
    """The display title of one SKU; its code where the catalog does not have it."""
    return full_title(design, variant) if design else variant or sku
