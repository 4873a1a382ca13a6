"""What figures leave out or only estimate, in words: the same under a report as on a page."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.i18n import format
from dashboard.i18n.messages import has, t
from shop.metrics.notes import Note


def sentence(note: Note) -> str:
    """One note as a sentence, with what to do about it."""
    is_of_any = note.code == "refunds_partial" and not note.currency
    place: str = "refunds_partial_any" if is_of_any else note.code
    if note.converted is not None:
        place = "converted_partly" if note.converted.days_without_rate else "converted"
    return t(
        f"notes.{place}",
        period=note.period,
        platforms=t("notes.join").join(map(_platform, note.platforms)),
        orders=note.orders,
        known=note.known,
        rows=note.rows,
        currency=note.currency,
        amount=format.exact_in(note.cents, note.currency) if note.currency else "",
        converted=format.exact_in(note.converted.cents, note.into) if note.converted else "",
        days=note.converted.days_without_rate if note.converted else 0,
    )


def sentences(notes: Sequence[Note]) -> list[str]:
    """All notes as sentences."""
    return [sentence(note) for note in notes]


def _platform(name: str) -> str:
    return t(f"platform.{name}") if has(f"platform.{name}") else name
