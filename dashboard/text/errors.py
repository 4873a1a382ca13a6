"""Errors in words: what the shop refuses and why a row was rejected, in the language of this run.

English text is where the error is (its class, or `etl.errors`); other languages have the same by code.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dashboard.i18n import format, messages
from dashboard.i18n.language import language
from dashboard.text.imports import file_kind
from shop.core.errors import ShopError


def error(problem: ShopError) -> str:
    """What went wrong and what to do next."""
    details = _of_the_files(_of_the_kiln(_named(problem.details)))
    if language() == "en":
        is_plain = details == problem.details
        return str(problem) if is_plain else problem.message.format(**details)
    if messages.has(key := f"found.{details.get('found')}"):
        details["found"] = messages.t(key)
    return messages.t(f"errors.{problem.code}", **details)


@dataclass(frozen=True)
class Refusal:
    """Why a command could not do its work, in words, with its exit code."""

    words: str
    exit_code: int


def of_a_command(problem: Exception) -> Refusal | None:
    """What ended a command, in words; None for a fault of the program."""
    if isinstance(problem, ShopError):
        return Refusal(error(problem), problem.exit_code)
    if isinstance(problem, OSError) and problem.errno is not None:
        path = problem.filename2 or problem.filename or "–"
        return Refusal(messages.t("commands.unusable", path=path, why=_reason_of(problem)), 2)
    if isinstance(problem, OverflowError):  # beyond the integers of the database or the days of the calendar
        return Refusal(messages.t("commands.too_large"), 2)
    return None


def _reason_of(problem: OSError) -> str:
    """Why the system rejected a file, in words where they are known."""
    name = errno.errorcode.get(problem.errno or 0)
    if messages.has(f"commands.system.{name}"):
        return messages.t(f"commands.system.{name}")
    return problem.strerror or type(problem).__name__


class Unexpected(ShopError):
    """A fault of the program, in something that it does by itself."""

    message = "Something went wrong in the program ({kind}); it tries again by itself."


def stored_error(code: str, details: Mapping[str, Any]) -> str:
    """What went wrong, of an error that was stored by its code and details."""
    kinds: list[type[ShopError]] = [ShopError]
    for kind in kinds:
        if kind.__name__ == code:
            with suppress(KeyError):  # a version before stored fewer details
                return error(kind(**{"found": "–", **details}))
        kinds += kind.__subclasses__()
    return error(Unexpected(kind=code))


KIND = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")


def _of_the_files(details: dict[str, Any]) -> dict[str, Any]:
    """The details with kinds of files as they are called on the pages."""
    result = dict(details)
    for name in FILE_KINDS:
        if isinstance(text := details.get(name), str):
            result[name] = KIND.sub(lambda word: file_kind(word[0]), text)
    return result


FILE_KINDS = ("kind", "kinds", "nearest")
KILN = {"stage": "stages", "before": "stages", "status": "states"}


def _of_the_kiln(details: dict[str, Any]) -> dict[str, Any]:
    """The details with stages and states of the kiln package as they are called on the pages."""
    result = dict(details)
    for name, group in KILN.items():
        if messages.has(key := f"kiln.{group}.{details.get(name)}"):
            result[name] = messages.t(key)
    return result


def _named(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details with a field of the catalog and its choices as they are called on the pages."""
    field = details.get("field")
    if not isinstance(field, str):
        return dict(details)
    from shop.catalog.fields import BY_NAME, word

    if field not in BY_NAME:
        return dict(details)
    named = {**details, "field": BY_NAME[field].label(language())}
    if "known" in details:
        known = (word(item, language()) for item in str(details["known"]).split(", "))
        named["known"] = format.listed(known)
    return named


def reason(code: str, details: Mapping[str, Any]) -> str:
    """Why a row was rejected."""
    if language() == "en":
        from etl.errors import sentence

        return sentence(code, details)
    return messages.t(f"reasons.{code}", **{"found": "", "expected": "", "known": "", **details})
