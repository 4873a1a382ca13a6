"""The guard where rows are stored: free texts and columns of files without what can only be a person's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shop.comments.contacts import mask_personal
from shop.core.personal import clean_extras, mask_contacts
from shop.orders.batch import IngestBatch


def masked_unless_code(text: str) -> str:
    """A SKU, which may consist of a title; digits alone are a code."""
    return text if text.isdigit() else mask_contacts(text)


Clean = Callable[[str], str | None]
PROVINCE_LENGTH = 40


def province_or_none(text: str) -> str | None:
    """The name of a province or state; None for what is longer or has digits: an address."""
    return text if len(text) <= PROVINCE_LENGTH and not any(map(str.isdigit, text)) else None


FREE_TEXT: Mapping[str, Mapping[str, Clean]] = {
    "order_line": {
        "title": mask_contacts,
        "spec": mask_contacts,
        "sku": masked_unless_code,
        "province": province_or_none,
    },
    "refund": {"reason": mask_personal, "reason_label": mask_contacts, "sku": masked_unless_code},
    "settlement": {"kind": mask_contacts},
    "live_session": {"title": mask_contacts},
    "video": {"title": mask_contacts},
    "product_statement": {"title": mask_contacts},
    "product": {"extras": clean_extras},
    "variant": {"extras": clean_extras},
    "listing": {"extras": clean_extras},
}
"""The columns of each table whose cells anybody may have typed; titles and descriptions of products are the shop's.

The texts of comments are masked where they are read, for their language and their key depend on it."""


@dataclass
class PersonalGuard:
    """Cleans the free texts of batches; equal texts are read once."""

    _seen: dict[Clean, set[Any]] = field(default_factory=dict)
    _cleaned: dict[Clean, dict[str, str | None]] = field(default_factory=dict)

    def clean(self, batch: IngestBatch) -> IngestBatch:
        """The batch (plain values) without personal data; the same one where it has none."""
        changed: dict[str, Any] = {}
        for name, clean in FREE_TEXT.get(batch.table, {}).items():
            if name in batch.columns:
                values = batch.columns[name]
                cleaned = self._cleaned_of(clean, set(values))
                if cleaned and not cleaned.keys().isdisjoint(values):
                    changed[name] = [cleaned.get(value, value) for value in values]
        if not changed:
            return batch
        return IngestBatch(batch.table, batch.platform, {**batch.columns, **changed}, batch.rows)

    def _cleaned_of(self, clean: Clean, values: set[Any]) -> dict[str, str | None]:
        """What the texts read so far are cleaned to, where that differs."""
        seen = self._seen.setdefault(clean, {None})
        cleaned = self._cleaned.setdefault(clean, {})
        for text in values - seen:
            if (result := clean(text)) != text:
                cleaned[text] = result
        seen |= values
        return cleaned
