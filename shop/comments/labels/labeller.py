"""From a text to its label, with the reasons, one at a time or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from shop.comments.labels.clauses import Clause, Reader
from shop.comments.labels.intents import MOST_CHARACTERS, intents_of, intents_of_clause, reasons_of, tags_of
from shop.comments.labels.lexicon import fingerprint
from shop.comments.labels.normalize import normalize, normalize_all, unmarked
from shop.comments.labels.sentiment import sentiment_of
from shop.comments.labels.wants import wants_of

# Count up where code changes what labels are; phrases and rules are counted by their fingerprint.
VERSION = f"rules-5-{fingerprint():08x}"
CACHED = 5_000
TEXTS_AT_ONCE = 5_000
SHORT, MOST_KNOWN = 40, 20_000  # characters of a segment that is stored, and how many are


@dataclass(frozen=True, slots=True)
class Label:
    """What a comment means, by docs/manual/en/comment-labels.md.

    `intents` in the order of `INTENTS`; `sentiment` pos, neg, neu or unsure; `wants` contains only what is known;
    `reasons` names the rule and the words of each intent and of the sentiment; `version` of the rules.
    """

    intents: tuple[str, ...]
    sentiment: str
    is_question: bool
    wants: Mapping[str, str | int]
    reasons: tuple[str, ...]
    version: str = VERSION


Parts = tuple[tuple[str, ...], str, bool, dict[str, str | int]]
FEELING, QUESTION, THING = 1, 2, 4


class ClauseTotals(NamedTuple):
    """Of a text or a part of it: clauses, their tags, the intents of single ones (BITS), characters, what they have."""

    clauses: Sequence[Clause]
    tags: int
    intents: int
    characters: int
    has: int


class _Segments(dict[str, ClauseTotals]):
    """Segments as read before: short ones come again and again, numbers alone seldom."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = Reader()
        self.split = self.reader.split

    def __missing__(self, segment: str) -> ClauseTotals:
        if self.reader.is_number(segment):
            return _number(len(segment))
        totals = _read_segment(self.reader.clauses(segment))
        if len(segment) <= SHORT:
            if len(self) >= MOST_KNOWN:
                self.clear()
            self[segment] = totals
        return totals


@cache
def _segments() -> _Segments:
    return _Segments()


@cache
def _number(characters: int) -> ClauseTotals:
    """A number alone, which is as good as any other of so many characters."""
    return ClauseTotals((Clause("0" * characters),), 0, 0, characters, 0)


def _read_segment(clauses: Sequence[Clause]) -> ClauseTotals:
    tags = intents = characters = has = 0
    for clause in clauses:
        tags |= tags_of(clause)
        intents |= intents_of_clause(clause)
        characters += len(clause.text)
        has |= clause.is_felt * FEELING | clause.is_question * QUESTION
        has |= bool(clause.values or clause.size or clause.numbers) * THING
    return ClauseTotals(clauses, tags, intents, characters, has)


def _read(text: str) -> ClauseTotals:
    """A normalized text, read segment by segment."""
    known = _segments()
    clauses: list[Clause] = []
    tags = intents = characters = has = 0
    for segment in known.split(text):
        if segment:
            own, own_tags, own_intents, own_characters, own_has = known[segment]
            clauses += own
            tags |= own_tags
            intents |= own_intents
            characters += own_characters
            has |= own_has
    return ClauseTotals(clauses, tags, intents, characters, has)


def _parts(totals: ClauseTotals) -> Parts:
    clauses, tags, by_clause, characters, has = totals
    is_question = bool(has & QUESTION)
    intents = intents_of(by_clause, tags, clauses)
    sentiment = sentiment_of(clauses, characters, is_question) if has & FEELING else "neu"
    wants = wants_of(clauses, intents) if has & THING or "price" in intents else {}
    return intents or ("other",), sentiment, is_question, wants


def read_labels(texts: Sequence[str]) -> list[Parts]:
    """The parts of many labels without reasons and version, which are the dearest to compute; not cached."""
    return [_parts(_read(text)) for text in normalize_all(texts)]


@lru_cache(CACHED)
def label(text: str) -> Label:
    """The label of one text, of any length and any characters; the first 1500 characters count."""
    return _label(normalize(text))


def label_all(texts: Iterable[str]) -> list[Label]:
    """The labels of many texts, in order."""
    given = list(texts)
    different = list(dict.fromkeys(given))
    labels: dict[str, Label] = {}
    for start in range(0, len(different), TEXTS_AT_ONCE):
        step = different[start : start + TEXTS_AT_ONCE]
        labels |= zip(step, map(_label, normalize_all(step)), strict=True)
    return [labels[text] for text in given]


def _label(normalized: str) -> Label:
    totals = _read(normalized)
    parts = _parts(totals)
    return Label(*parts, _reasons(totals.clauses, parts))


def _reasons(clauses: Sequence[Clause], parts: Parts) -> tuple[str, ...]:
    """One line for each intent (rule and clause), for the sentiment (its words) and for the question."""
    intents, sentiment, is_question, _ = parts
    reasons = reasons_of(clauses, intents)
    if sentiment != "neu":
        evidence = [word for clause in clauses for word in clause.evidence[:3]]
        reasons.append(f"{sentiment}: {unmarked(' '.join(evidence[:4]))}")
    if is_question:
        question = next(clause for clause in clauses if clause.is_question)
        reasons.append(f"question: «{unmarked(question.text)[:MOST_CHARACTERS]}»")
    return tuple(reasons)
