"""From a text to its label, with the reasons, one at a time or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from shop.comments.labels.clauses import Clause, Reader
from shop.comments.labels.intents import INTENTS, intents_of
from shop.comments.labels.normalize import normalize
from shop.comments.labels.sentiment import sentiment_of
from shop.comments.labels.wants import wants_of

VERSION = "rules-1"
REMEMBERED = 20_000
MOST_REASONS = 6


@dataclass(frozen=True, slots=True)
class Label:
    """What a comment means, by docs/comment-labels.md.

    `intents` in the order of `INTENTS`; `sentiment` pos, neg, neu or unsure; `wants` holds only what is known;
    `reasons` names the rule and the words of each intent and of the sentiment; `version` of the rules.
    """

    intents: tuple[str, ...]
    sentiment: str
    is_question: bool
    wants: Mapping[str, str | int]
    reasons: tuple[str, ...]
    version: str = VERSION


@cache
def _reader() -> Reader:
    return Reader()


@lru_cache(REMEMBERED)
def label(text: str) -> Label:
    """The label of one text, of any length and any letters; the first 1500 letters count."""
    clauses = _reader().clauses(normalize(text))
    found = intents_of(clauses)
    sentiment = sentiment_of(clauses)
    return Label(
        intents=tuple(name for name in INTENTS if name in found) or ("other",),
        sentiment=sentiment,
        is_question=any(clause.asks for clause in clauses),
        wants=wants_of(clauses, found),
        reasons=_reasons(clauses, found, sentiment),
    )


def label_all(texts: Iterable[str]) -> list[Label]:
    """The labels of many texts, in order."""
    return [label(text) for text in texts]


def _reasons(
    clauses: list[Clause], found: Mapping[str, list[tuple[str, Clause | None]]], sentiment: str
) -> tuple[str, ...]:
    reasons = []
    for intent, causes in found.items():
        condition, clause = causes[0]
        reasons.append(f"{intent}: {condition}" + (f" «{clause.text}»" if clause else ""))
    if sentiment != "neu":
        words = [word for clause in clauses for word in clause.evidence]
        reasons.append(f"{sentiment}: {' '.join(words[:4])}")
    for clause in clauses:
        if clause.asks:
            reasons.append(f"question: «{clause.text}»")
            break
    return tuple(reason[:120] for reason in reasons[:MOST_REASONS])
