"""The words of every page and command: one folder of TOML per language, no fallback between them.

`t("growth.title", days=3)` reads the key in the language of this run. Fields are formatted by the
words themselves: `{gmv:money}`, `{change:change}`, `{range:span}`, and `{orders:order|orders}`
for one and for more. `{@data.name}` is the text of another key: so a page is called the same everywhere.
*…* stands out, `\\*` is a star: each star of that kind becomes MARK, so that one in a name stays a star.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from dashboard.i18n.format import FORMATS, UNKNOWN, is_known
from dashboard.i18n.language import language

MARK = "\u2063"  # INVISIBLE SEPARATOR: before and after what stands out
STAR = re.compile(r"(\\?)\*")


@cache
def words(code: str) -> dict[str, str]:
    """All words of a language by dotted key, merged from every file of its folder."""
    result: dict[str, str] = {}
    for file in sorted(files("dashboard").joinpath("words", code).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            result |= _flat("", tomllib.loads(file.read_text("utf-8")))
    return result


def _flat(before: str, table: dict[str, Any]) -> dict[str, str]:
    result: dict[str, str] = {}
    for key, value in table.items():
        result |= (
            _flat(f"{before}{key}.", value) if isinstance(value, dict) else {before + key: _marked(value)}
        )
    return result


def _marked(text: str) -> str:
    return STAR.sub(lambda star: "*" if star[1] else MARK, text)


class _Sentence(Formatter):
    """str.format whose field formats are those of `dashboard.i18n.format`, and `one|more`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            return format_spec.split("|")[int(value != 1)]
        if shown := FORMATS.get(format_spec):
            return shown(value)
        return format(value, format_spec) if is_known(value) else UNKNOWN

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Any) -> tuple[Any, str | int]:
        if field_name.startswith("@"):
            return t(field_name.removeprefix("@")), field_name
        value: tuple[Any, str | int] = super().get_field(field_name, args, kwargs)
        return value

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Any) -> Any:
        return kwargs[key]


_SENTENCE = _Sentence()


def t(key: str, /, **fields: Any) -> str:
    """The words of this key in the language of this run; a missing key raises KeyError."""
    text = words(language())[key]
    return _SENTENCE.format(text, **fields) if "{" in text or "}" in text else text


def has(key: str) -> bool:
    """Whether there are words for this key."""
    return key in words(language())
