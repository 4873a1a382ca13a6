"""Scores of the comment labels against the hand-labelled comments: `python -m tests.support.label_scores`."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shop.comments.labels import Label, label_all
from shop.comments.labels.intents import INTENTS

DATA = Path(__file__).parents[1] / "shop" / "comments" / "labels" / "data"
SETS = {
    "rules": "labelled_for_rules.tsv",
    "held_out": "labelled_held_out.tsv",
    "viewers": "viewers_for_rules.tsv",
    "viewers_held_out": "viewers_held_out.tsv",
    "hard": "hard_cases.tsv",
}


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1 of one yes-or-no label, with the number of true cases."""

    precision: float
    recall: float
    f1: float
    cases: int


@dataclass(frozen=True)
class Scores:
    """All scores of one set; shares from 0 to 1."""

    intents: dict[str, Score]
    question: Score
    sentiment: float
    wants: float

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the intents."""
        return sum(score.f1 for score in self.intents.values()) / len(self.intents)


def score(truth: Sequence[bool], given: Sequence[bool]) -> Score:
    """Precision and recall of answers against the truth."""
    both = sum(a and b for a, b in zip(truth, given, strict=True))
    precision = both / sum(given) if any(given) else 0.0
    recall = both / sum(truth) if any(truth) else 0.0
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return Score(precision, recall, f1, sum(truth))


def read(name: str) -> list[tuple[str, Label]]:
    """The comments of a set with their labels by hand."""
    rows = []
    with (DATA / SETS[name]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            wants: dict[str, str | int] = dict(pair.split("=") for pair in row["wants"].split(";") if pair)
            if "number" in wants:
                wants["number"] = int(wants["number"])
            intents = tuple(row["intents"].split(","))
            rows.append((row["text"], Label(intents, row["sentiment"], row["is_question"] == "1", wants, ())))
    return rows


def neutral(sentiment: str) -> str:
    """Unsure counts as neutral."""
    return "neu" if sentiment == "unsure" else sentiment


def scores(rows: Sequence[tuple[str, Label]]) -> Scores:
    """How well the rules label these comments; wants over those that want a thing."""
    given = label_all(text for text, _ in rows)
    truth = [known for _, known in rows]
    pairs = list(zip(truth, given, strict=True))
    wanting = [(a, b) for a, b in pairs if a.wants or b.wants]
    return Scores(
        intents={
            name: score([name in a.intents for a in truth], [name in b.intents for b in given])
            for name in INTENTS
        },
        question=score([a.is_question for a in truth], [b.is_question for b in given]),
        sentiment=sum(neutral(a.sentiment) == neutral(b.sentiment) for a, b in pairs) / len(pairs),
        wants=sum(dict(a.wants) == dict(b.wants) for a, b in wanting) / len(wanting),
    )


def main() -> None:
    """Print the scores of each set; with --errors NAME the comments labelled otherwise."""
    for name in SETS:
        result = scores(read(name))
        print(
            f"{name}: intents macro F1 {result.macro_f1:.3f}, question F1 {result.question.f1:.3f}, "
            f"sentiment {result.sentiment:.3f}, wants exact {result.wants:.3f}"
        )
        for intent, one in result.intents.items():
            print(
                f"  {intent:15} precision {one.precision:.2f} recall {one.recall:.2f} F1 {one.f1:.2f} of {one.cases}"
            )
    if len(sys.argv) > 2 and sys.argv[1] == "--errors":
        for text, known in read(sys.argv[2]):
            got = label_all([text])[0]
            for what in ("intents", "sentiment", "is_question", "wants"):
                a, b = getattr(known, what), getattr(got, what)
                if what == "sentiment":
                    a, b = neutral(a), neutral(b)
                if (set(a) != set(b)) if what == "intents" else a != b:
                    print(f"{text}\t{what}: {a} got {b}")


if __name__ == "__main__":
    main()
