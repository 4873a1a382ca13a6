"""What figures leave out or only estimate, in words: the same under a report as on a page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from shop.metrics.notes import Note


def sentence(note: Note) -> str:
    """One note as a sentence, with what to do about it."""
    is_of_any = note.code == "refunds_partial" and not note.currency
    return t(
        "notes.refunds_partial_any" if is_of_any else f"notes.{note.code}",
        period=note.period,
        platforms=t("notes.join").join(map(_platform, note.platforms)),
        orders=note.orders,
        known=note.known,
        rows=note.rows,
        currency=note.currency,
        amount=format.exact_in(note.cents, note.currency) if note.currency else "",
    )


def sentences(notes: Sequence[Note]) -> list[str]:
    """All notes as sentences."""
    return [sentence(note) for note in notes]


def _platform(name: str) -> str:
    return t(f"platform.{name}") if has(f"platform.{name}") else name
