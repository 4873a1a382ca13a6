"""Refund reasons: which refunds are for breakage. The only place that reads a reason's words.

A case is for breakage when its parcel had been sent (its stage is not `before_ship`) and either the reason
that the buyer chose or the platform's label of that reason names breakage.
"""

from __future__ import annotations

import json
from typing import Any

BREAKAGE_WORDS = (
    "破",
    "碎",
    "裂",
    "磕",
    "碰坏",
    "摔",
    "broke",
    "breakage",
    "damag",
    "crack",
    "chipped",
    "shatter",
    "rott",
    "danneggiat",
    "beschädigt",
    "zerbrochen",
    "cassé",
    "abîmé",
)
"""Parts of words, in lower case, as buyers and platforms write them."""

FOR_BREAKAGE = """
r.stage <> 'before_ship' AND (r.reason IN (SELECT value FROM json_each(:breakage))
  OR r.reason_label IN (SELECT value FROM json_each(:breakage)))
"""
"""Condition on a refund `r`; `:breakage` is what `breakage_texts` returns."""

TEXTS = """
SELECT r.reason FROM refund r WHERE r.shop_id = :shop AND r.reason IS NOT NULL
  AND (r.refunded_on >= :start OR r.refunded_on IS NULL)
UNION SELECT r.reason_label FROM refund r WHERE r.shop_id = :shop AND r.reason_label IS NOT NULL
  AND (r.refunded_on >= :start OR r.refunded_on IS NULL)
"""


def names_breakage(text: str) -> bool:
    """Whether a reason, or a platform's label of it, names breakage."""
    return any(word in text.lower() for word in BREAKAGE_WORDS)


def breakage_texts(cursor: Any, shop_id: int, start: str) -> str:
    """The reasons and labels that name breakage, of refunds since a shop day (ISO), as a JSON list."""
    rows = cursor.execute(TEXTS, {"shop": shop_id, "start": start})
    return json.dumps([text for (text,) in rows if names_breakage(text)])
