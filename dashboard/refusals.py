"""Refusals in words: what the shop refused and why a row was set aside, in the language of this run.

English is said where the error is (its class, or `etl.reasons`); other languages say the same by code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import words
from shop.errors import ShopError


def error(problem: ShopError) -> str:
    """What went wrong and what to do next."""
    if words.language() == "en":
        return str(problem)
    return words.t(f"errors.{problem.code}", **problem.details)


def reason(code: str, details: Mapping[str, Any]) -> str:
    """Why a row was set aside."""
    if words.language() == "en":
        from etl.reasons import sentence

        return sentence(code, details)
    return words.t(f"reasons.{code}", **{"found": "", "expected": "", "known": "", **details})
