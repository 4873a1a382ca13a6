"""Intents of a comment: the rules of rules.toml over the tags of its clauses."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from shop.comments.labels.clauses import Clause
from shop.comments.labels.lexicon import lexicon

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
def rules() -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules over one clause, and those over the whole comment."""
    words = lexicon()
    source = files("shop.comments.labels").joinpath("rules.toml").read_text("utf-8")
    by_scope: dict[str, list[Rule]] = {"clause": [], "comment": []}
    for entry in tomllib.loads(source)["rule"]:
        parts = {name: words.mask(entry.get(name, "")) for name in ("all", "any", "none")}
        condition = " ".join(f"{name}({entry[name]})" for name in ("all", "any") if name in entry)
        by_scope[entry.get("scope", "clause")].append(Rule(entry["intent"], **parts, name=condition))
    return tuple(by_scope["clause"]), tuple(by_scope["comment"])


@cache
def _asking() -> tuple[int, int]:
    words = lexicon()
    return words.bit("asks"), words.bit("asked")


def intents_of(clauses: Sequence[Clause]) -> dict[str, list[tuple[str, Clause | None]]]:
    """Each intent with the rules that gave it and their clauses (None for the whole comment)."""
    result: dict[str, list[tuple[str, Clause | None]]] = {}
    asks, asked = _asking()
    by_clause, by_comment = rules()
    whole = 0
    for clause in clauses:
        mask = clause.mask | (asks | asked if clause.asks else 0)
        whole |= mask
        if not mask:
            continue
        for rule in by_clause:
            if (
                mask & rule.all == rule.all
                and (not rule.any or mask & rule.any)
                and not mask & rule.none
            ):
                result.setdefault(rule.intent, []).append((rule.name, clause))
    for rule in by_comment:
        if whole & rule.all == rule.all and (not rule.any or whole & rule.any) and not whole & rule.none:
            result.setdefault(rule.intent, []).append((rule.name, None))
    return result
