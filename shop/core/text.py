"""How codes and titles are compared: without blanks around them, full-width letters as half-width."""

from __future__ import annotations

import re

WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
BLANKS = re.compile(r"\s+")


def folded(text: str | None) -> str:
    """A code as it is compared: trimmed, ＡＢ－１ as AB-1; upper and lower case stay apart."""
    return "" if text is None else text.translate(WIDE).strip()


def wording(title: str | None, spec: str | None) -> str:
    """A title and its spec as they are compared: folded, with single blanks."""
    parts = (BLANKS.sub(" ", folded(part)) for part in (title, spec))
    return " | ".join(part for part in parts if part)
