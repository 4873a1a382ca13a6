"""Intents of a comment: the rules of rules.toml over the tags of its clauses."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
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


@cache
def _bits() -> tuple[int, int, int, int]:
    """The bits of a question, and those that the rules of each scope look at."""
    in_clause, in_comment, otherwise = (
        reduce(or_, (rule.all | rule.any | rule.none for rule in scope), 0) for scope in rules()
    )
    return lexicon().mask("question any_question"), in_clause, in_comment, otherwise


def intents_of(clauses: Sequence[Clause]) -> dict[str, str]:
    """Each intent, in the order of INTENTS, with its reason: the rule, and the clause of a rule over one clause."""
    question, in_clause, in_comment, _ = _bits()
    result: dict[str, str] = {}
    whole = 0
    for clause in clauses:
        mask = clause.mask
        if clause.is_question:
            mask |= question
        whole |= mask
        matched = clause.matched
        if matched is None:
            words = unmarked(clause.text)[:MOST_CHARACTERS]
            by_rule = _matching(mask & in_clause, 0) if mask else ()
            matched = clause.matched = tuple([(one, f"{one}: {name} «{words}»") for one, name in by_rule])
        for intent, reason in matched:
            if intent not in result:
                result[intent] = reason
    for intent, name in _matching(whole & in_comment, 1):
        if intent not in result:
            result[intent] = f"{intent}: {name}"
    if not result:
        result = _intents_of_questions(clauses)
    if len(result) < 2:
        return result
    return {name: result[name] for name in sorted(result, key=ORDER)}


def _intents_of_questions(clauses: Sequence[Clause]) -> dict[str, str]:
    """What questions may mean of which no other rule knows more."""
    question, _, _, otherwise = _bits()
    result: dict[str, str] = {}
    for clause in clauses:
        if clause.is_question:
            for intent, name in _matching((clause.mask | question) & otherwise, 2):
                result.setdefault(intent, f"{intent}: {name} «{unmarked(clause.text)[:MOST_CHARACTERS]}»")
    return result


ORDER = {name: place for place, name in enumerate(INTENTS)}.__getitem__


@lru_cache(20_000)
def _matching(mask: int, scope: int) -> tuple[tuple[str, str], ...]:
    """Intents and names of the rules that these bits fulfil; the same few combinations come again and again."""
    return tuple(
        (rule.intent, rule.name)
        for rule in rules()[scope]
        if mask & rule.all == rule.all and (not rule.any or mask & rule.any) and not mask & rule.none
    )
