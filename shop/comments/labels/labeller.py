"""From a text to its label, with the reasons, one at a time or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from shop.comments.labels.clauses import Clause, Reader
from shop.comments.labels.intents import Causes, intents_of
from shop.comments.labels.normalize import normalize
from shop.comments.labels.sentiment import sentiment_of
from shop.comments.labels.wants import wants_of

VERSION = "rules-1"
REMEMBERED = 5_000
MOST_LETTERS = 40


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
    return Label(*read_label(text))


def read_label(text: str) -> tuple[tuple[str, ...], str, bool, dict[str, str | int], tuple[str, ...]]:
    """The parts of a label without its version, not remembered: for callers that make many."""
    clauses = _reader().clauses(normalize(text))
    found = intents_of(clauses)
    sentiment = sentiment_of(clauses)
    asks = next((clause for clause in clauses if clause.asks), None)
    return (
        tuple(found) or ("other",),
        sentiment,
        asks is not None,
        wants_of(clauses, found) if found else {},
        _reasons(clauses, found, sentiment, asks),
    )


def label_all(texts: Iterable[str]) -> list[Label]:
    """The labels of many texts, in order."""
    return [label(text) for text in texts]


def _reasons(clauses: list[Clause], found: Causes, sentiment: str, asks: Clause | None) -> tuple[str, ...]:
    """One line for each intent (rule and clause), for the sentiment (its words) and for the question."""
    reasons = []
    for intent, (condition, place) in found.items():
        words = f" «{clauses[place].text[:MOST_LETTERS]}»" if place >= 0 else ""
        reasons.append(f"{intent}: {condition}{words}")
    if sentiment != "neu":
        evidence = [word for clause in clauses for word in clause.evidence[:3]]
        reasons.append(f"{sentiment}: {' '.join(evidence[:4])}")
    if asks:
        reasons.append(f"question: «{asks.text[:MOST_LETTERS]}»")
    return tuple(reasons)
