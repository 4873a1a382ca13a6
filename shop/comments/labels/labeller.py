"""From a text to its label, with the reasons, one at a time or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from shop.comments.labels.clauses import Clause, Reader
from shop.comments.labels.intents import MatchedRules, intents_of
from shop.comments.labels.lexicon import fingerprint
from shop.comments.labels.normalize import normalize
from shop.comments.labels.sentiment import sentiment_of
from shop.comments.labels.wants import wants_of

# Count up where code changes what labels are; phrases and rules are counted by their fingerprint.
VERSION = f"rules-2-{fingerprint():08x}"
CACHED = 5_000
MOST_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Label:
    """What a comment means, by docs/comment-labels.md.

    `intents` in the order of `INTENTS`; `sentiment` pos, neg, neu or unsure; `wants` contains only what is known;
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


@lru_cache(CACHED)
def label(text: str) -> Label:
    """The label of one text, of any length and any characters; the first 1500 characters count."""
    return Label(*read_label(text))


def read_label(text: str) -> tuple[tuple[str, ...], str, bool, dict[str, str | int], tuple[str, ...]]:
    """The parts of a label without its version, not cached: for callers that make many."""
    clauses = _reader().clauses(normalize(text))
    matched = intents_of(clauses)
    sentiment = sentiment_of(clauses)
    question = next((clause for clause in clauses if clause.is_question), None)
    return (
        tuple(matched) or ("other",),
        sentiment,
        question is not None,
        wants_of(clauses, matched) if matched else {},
        _reasons(clauses, matched, sentiment, question),
    )


def label_all(texts: Iterable[str]) -> list[Label]:
    """The labels of many texts, in order."""
    return [label(text) for text in texts]


def _reasons(
    clauses: list[Clause], matched: MatchedRules, sentiment: str, question: Clause | None
) -> tuple[str, ...]:
    """One line for each intent (rule and clause), for the sentiment (its words) and for the question."""
    reasons = []
    for intent, (condition, place) in matched.items():
        words = f" «{clauses[place].text[:MOST_CHARACTERS]}»" if place >= 0 else ""
        reasons.append(f"{intent}: {condition}{words}")
    if sentiment != "neu":
        evidence = [word for clause in clauses for word in clause.evidence[:3]]
        reasons.append(f"{sentiment}: {' '.join(evidence[:4])}")
    if question:
        reasons.append(f"question: «{question.text[:MOST_CHARACTERS]}»")
    return tuple(reasons)
