"""A batch as plain values, for the undo records of the audit log and for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from shop.kiln.batches import Batch, BatchStepRecord


def batch_to_dict(batch: Batch) -> dict[str, Any]:
    """A batch as plain values."""
    values: dict[str, Any] = _iso({**vars(batch), "steps": [vars(step) for step in batch.steps]})
    return values


def batch_from_dict(values: Mapping[str, Any]) -> Batch:
    """A batch from plain values."""
    steps = tuple(
        BatchStepRecord(
            **{
                **step,
                "done_on": _day(step["done_on"]),
                "losses": tuple((reason, pieces) for reason, pieces in step["losses"]),
                "grades": tuple((grade, sku, pieces) for grade, sku, pieces in step["grades"]),
            }
        )
        for step in values["steps"]
    )
    days = {"started_on": _day(values["started_on"]), "closed_on": _day(values["closed_on"])}
    return Batch(**{**values, **days, "steps": steps})


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _iso(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_iso(item) for item in value]
    return value
