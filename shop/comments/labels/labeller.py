"""From a text to its label, with the reasons, one at a time or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import starmap

from shop.comments.labels.clauses import Clause, Reader
from shop.comments.labels.intents import MOST_CHARACTERS, intents_of
from shop.comments.labels.lexicon import fingerprint
from shop.comments.labels.normalize import normalize_all, unmarked
from shop.comments.labels.sentiment import sentiment_of
from shop.comments.labels.wants import wants_of

# Count up where code changes what labels are; phrases and rules are counted by their fingerprint.
VERSION = f"rules-5-{fingerprint():08x}"
CACHED = 5_000
TEXTS_AT_ONCE = 5_000


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


@cache
def _reader() -> Reader:
    return Reader()


@lru_cache(CACHED)
def label(text: str) -> Label:
    """The label of one text, of any length and any characters; the first 1500 characters count."""
    return Label(*read_label(text))


Parts = tuple[tuple[str, ...], str, bool, dict[str, str | int], tuple[str, ...]]


def read_label(text: str) -> Parts:
    """The parts of a label without its version, not cached."""
    return read_labels([text])[0]


def read_labels(texts: Sequence[str]) -> list[Parts]:
    """The parts of many labels; each step runs over all texts, which is faster than text by text."""
    reader = _reader()
    read = [reader.clauses(text) for text in normalize_all(texts)]
    matched = [intents_of(clauses) for clauses in read]
    sentiments = [sentiment_of(clauses) for clauses in read]
    wants = [wants_of(clauses, given) if given else {} for clauses, given in zip(read, matched, strict=True)]
    questions = [next((one for one in clauses if one.is_question), None) for clauses in read]
    reasons = map(_reasons, read, matched, sentiments, questions)
    return [
        (tuple(given) or ("other",), sentiment, question is not None, wanted, reason)
        for given, sentiment, question, wanted, reason in zip(
            matched, sentiments, questions, wants, reasons, strict=True
        )
    ]


def label_all(texts: Iterable[str]) -> list[Label]:
    """The labels of many texts, in order."""
    given = list(texts)
    different = list(dict.fromkeys(given))
    labels: dict[str, Label] = {}
    for start in range(0, len(different), TEXTS_AT_ONCE):
        step = different[start : start + TEXTS_AT_ONCE]
        labels |= zip(step, starmap(Label, read_labels(step)), strict=True)
    return [labels[text] for text in given]


def _reasons(
    clauses: list[Clause], matched: dict[str, str], sentiment: str, question: Clause | None
) -> tuple[str, ...]:
    """One line for each intent (rule and clause), for the sentiment (its words) and for the question."""
    reasons = list(matched.values())
    if sentiment != "neu":
        evidence = [word for clause in clauses for word in clause.evidence[:3]]
        reasons.append(f"{sentiment}: {unmarked(' '.join(evidence[:4]))}")
    if question:
        reasons.append(f"question: «{unmarked(question.text)[:MOST_CHARACTERS]}»")
    return tuple(reasons)
