"""Intents of a comment: the rules of rules.toml over the tags of its clauses."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from importlib.resources import files
from operator import or_

from shop.comments.labels.clauses import Clause
from shop.comments.labels.lexicon import lexicon
from shop.comments.labels.normalize import unmarked

INTENTS = (
    "buy",
    "price",
    "where_to_buy",
    "stock",
    "spec",
    "shipping",
    "custom_order",
    "after_sale",
    "craft_question",
    "praise",
    "lead_wholesale",
    "lead_job",
    "lead_workshop",
    "other",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the bits that must all, at least one, and none be there."""

    intent: str
    all: int
    any: int
    none: int
    name: str


@cache
def rules() -> tuple[tuple[Rule, ...], ...]:
    """The rules over one clause, those over the whole comment, and those over a clause where nothing else matched."""
    words = lexicon()
    source = files("shop.comments.labels").joinpath("rules.toml").read_text("utf-8")
    by_scope: dict[str, list[Rule]] = {"clause": [], "comment": [], "otherwise": []}
    for entry in tomllib.loads(source)["rule"]:
        parts = {name: words.mask(entry.get(name, "")) for name in ("all", "any", "none")}
        condition = " ".join(f"{name}({entry[name]})" for name in ("all", "any") if name in entry)
        by_scope[entry.get("scope", "clause")].append(Rule(entry["intent"], **parts, name=condition))
    return tuple(map(tuple, by_scope.values()))


MOST_CHARACTERS = 40
BITS = {name: 1 << place for place, name in enumerate(INTENTS)}


@cache
def _bits() -> tuple[int, int, int, int]:
    """The bits of a question, and those that the rules of each scope look at."""
    in_clause, in_comment, otherwise = (
        reduce(or_, (rule.all | rule.any | rule.none for rule in scope), 0) for scope in rules()
    )
    return lexicon().mask("question any_question"), in_clause, in_comment, otherwise


def tags_of(clause: Clause) -> int:
    """The tags of a clause as the rules read them: with those of a question."""
    return clause.mask | _bits()[0] if clause.is_question else clause.mask


def intents_of_clause(clause: Clause) -> int:
    """The intents that the rules over one clause give it, as BITS."""
    return reduce(or_, [BITS[intent] for intent, _ in _matching(tags_of(clause) & _bits()[1], 0)], 0)


def intents_of(by_clause: int, tags: int, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """The intents of a comment, in the order of INTENTS; empty without any.

    Of those of its clauses (BITS) and the tags of them all; where that is none, what its questions may mean.
    """
    known = _intents(by_clause, tags & _bits()[2])
    if known:
        return known
    otherwise = [intent for clause in clauses for intent, _ in _otherwise(clause)]
    return tuple(sorted(set(otherwise), key=INTENTS.index)) if otherwise else ()


@lru_cache(20_000)
def _intents(by_clause: int, tags: int) -> tuple[str, ...]:
    by_comment = {intent for intent, _ in _matching(tags, 1)}
    return tuple(name for name, bit in BITS.items() if by_clause & bit or name in by_comment)


def _otherwise(clause: Clause) -> tuple[tuple[str, str], ...]:
    return _matching(tags_of(clause) & _bits()[3], 2) if clause.is_question else ()


def reasons_of(clauses: Sequence[Clause], intents: Iterable[str]) -> list[str]:
    """Why a comment has each of its intents: the rule, and the clause of a rule over one clause."""
    _, by_clause, by_comment, _ = _bits()
    reasons: dict[str, str] = {}
    for clause in clauses:
        for intent, rule in _matching(tags_of(clause) & by_clause, 0):
            reasons.setdefault(intent, f"{intent}: {rule} {_quoted(clause)}")
    for intent, rule in _matching(reduce(or_, map(tags_of, clauses), 0) & by_comment, 1):
        reasons.setdefault(intent, f"{intent}: {rule}")
    for clause in clauses:
        for intent, rule in _otherwise(clause):
            reasons.setdefault(intent, f"{intent}: {rule} {_quoted(clause)}")
    return [reasons[intent] for intent in intents if intent in reasons]


def _quoted(clause: Clause) -> str:
    return f"«{unmarked(clause.text)[:MOST_CHARACTERS]}»"


@lru_cache(20_000)
def _matching(mask: int, scope: int) -> tuple[tuple[str, str], ...]:
    """Intents and names of the rules that these bits fulfil; the same few combinations come again and again."""
    return tuple(
        (rule.intent, rule.name)
        for rule in rules()[scope]
        if mask & rule.all == rule.all and (not rule.any or mask & rule.any) and not mask & rule.none
    )
