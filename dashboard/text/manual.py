"""The manual: the short pages of `docs/manual`, in the language of a run, to read and to search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FIRST = (
    "first-hour",
    "data",
    "today",
    "growth",
    "orders",
    "products",
    "listings",
    "stock",
    "kiln",
    "costing",
    "comments",
    "live",
    "people",
    "settings",
)  # the others follow in the order of their names
LAST = ("by-command", "costing-rules", "comment-labels", "questions")
SEE = re.compile(r"\]\(([\w-]+)\.md\)")
EXCERPT = 60
MARKS = re.compile(r"[*`#>]|(?:\|-+)*\|-*|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Topic:
    """One page of the manual: its name, its title, its text as Markdown without the title, and a part of it."""

    name: str
    title: str
    body: str
    excerpt: str = ""


@cache
def topics(language: str) -> tuple[Topic, ...]:
    """All pages of a language."""
    folder = files("dashboard").joinpath("..", "docs", "manual", language)
    result = []
    for file in folder.iterdir():
        if file.name.endswith(".md"):
            title, _, body = file.read_text("utf-8").partition("\n")
            result.append(Topic(file.name.removesuffix(".md"), title.lstrip("# ").strip(), body.strip()))
    return tuple(sorted(result, key=lambda topic: _place(topic.name)))


def _place(name: str) -> tuple[int, str]:
    if name in FIRST:
        return FIRST.index(name), ""
    return len(FIRST) + (LAST.index(name) + 1 if name in LAST else 0), name


def topic(name: str, language: str) -> Topic | None:
    """The page of this name."""
    return next((item for item in topics(language) if item.name == name), None)


def see_also(item: Topic, language: str) -> list[Topic]:
    """The pages that a page refers to, each once, in the order of its text."""
    names = dict.fromkeys(SEE.findall(item.body))
    return [other for name in names if (other := topic(name, language)) and name != item.name]


def matching(wanted: str, language: str) -> list[Topic]:
    """The pages that contain every word of a text, with the place where the first of them stands."""
    needles = wanted.casefold().split()
    result = []
    for item in topics(language):
        plain = " ".join(MARKS.sub(r"\1", item.body).split())
        whole = f"{item.title} {plain}".casefold()
        if needles and all(needle in whole for needle in needles):
            start = max(plain.casefold().find(needles[0]) - EXCERPT // 3, 0)
            end = start + EXCERPT
            excerpt = f"{'…' if start else ''}{plain[start:end].strip()}{'…' if end < len(plain) else ''}"
            result.append(Topic(item.name, item.title, item.body, excerpt))
    return result
