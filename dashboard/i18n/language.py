"""The language of this run: Chinese or English."""

from __future__ import annotations

from contextvars import ContextVar

LANGUAGES = ("zh", "en")
_language: ContextVar[str] = ContextVar("language", default="zh")


def use_language(language: str) -> None:
    """Use this language from here on, in this run."""
    _language.set(language)


def language() -> str:
    """The language of this run."""
    return _language.get()
