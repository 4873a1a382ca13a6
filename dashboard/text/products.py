"""Products, variants and their groupings in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.i18n.messages import t
from shop.core.text import full_title
from shop.metrics.dimensions import IGNORED, UNMATCHED
from shop.metrics.tables import cells

GROUPS = {UNMATCHED: "performance.unmatched", IGNORED: "performance.ignored"}


def cut_name(cut: str) -> str:
    """What a cut is called: form, glaze, our SKU ..."""
    return t(f"performance.cuts.{cut}")


def cut_title(cut: str) -> str:
    """The same at the head of a column or in a list to choose from."""
    name = cut_name(cut)
    return name[:1].upper() + name[1:]


def called(part: Any, name: str = "") -> str:
    """What a part of a cut is called; what is not matched or not known has a word of its own."""
    if part in GROUPS:
        return t(GROUPS[part])
    return name or str(part or "") or t("performance.not_stated")


def names_of(table: pd.DataFrame) -> list[str]:
    """What each product (variant, form …) is called."""
    return [
        called(code, full_title(title or "", spec))
        for title, spec, code in zip(*(cells(table[name]) for name in ("title", "spec", "code")), strict=True)
    ]
