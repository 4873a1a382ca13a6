"""Kinds of export files in words."""

from __future__ import annotations

from dashboard.i18n.messages import has, t


def file_kind(name: str) -> str:
    """The name of a kind of file; the code itself where it has no name."""
    return t(f"kinds.{name}") if has(f"kinds.{name}") else name
