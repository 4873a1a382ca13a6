"""Reconciliation: the total a platform states against ours, and why they differ, order by order.

Of all definitions a platform may count by (`shop.reconciliation.definitions`), the one is taken that explains most of
what it reported lately, the simplest where several do. The difference is then divided into steps from our
definition to that one, each with its orders; then orders paid around midnight, rejected rows, days
without a file. What is left is unexplained. The parts add up to the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from shop import coverage
from shop.access.roles import require_reader
from shop.core.periods import Period
from shop.coverage import FileCoverage
from shop.db.database import Database
from shop.metrics.query import Query, total
from shop.metrics.settings import shop_settings
from shop.reconciliation.definitions import (
    OURS,
    STEPS,
    DaySums,
    Definition,
    Figure,
    Ints,
    OrderArrays,
    definitions,
    read_order_arrays,
)
from shop.reconciliation.residuals import (
    Residual,
    around_midnight,
    one_order,
    other_currency,
    possible_residuals,
    rejected_rows,
    source_orders,
    uncovered,
)
from shop.reconciliation.statements import Statement, statements

EVIDENCE = 31  # reported totals that are looked at together
EVIDENCE_DAYS = 62
PRICE_OF_A_RULE = 0.002  # a rule that differs from ours must explain more than this share
MOST_RULES = 4
SURE = 3  # from as many totals on, a definition that misses a little is no accident
MOSTLY = 0.2  # what a likely definition may leave of the difference


@dataclass(frozen=True)
class Reconciliation:
    """A reported total against ours: reported - ours = the residuals + what is unexplained.

    `definition` is what the platform seems to count by, judged from `evidence` reported totals.
    """

    statement: Statement
    ours: int
    residuals: tuple[Residual, ...]
    unexplained: int
    definition: Definition
    evidence: int

    @property
    def difference(self) -> int:
        """How much more the platform states than we count."""
        return self.statement.amount - self.ours

    @property
    def counts_as_we_do(self) -> bool:
        """Whether the platform seems to count by our own definition."""
        return self.definition == OURS[self.statement.figure]


def reconcile(db: Database, statement: Statement, shop: int = 1) -> Reconciliation:
    """Reconcile one reported total: the difference by its reasons (cents, or a count for orders).

    Raises NotAllowed for a role that sees no sums.
    """
    require_reader(db, "see_sums")
    sources = coverage.sources(db, shop, "orders")
    gaps = uncovered(db, sources, statement, shop)
    others = _evidence(db, sources, statement, shop)
    evidence = others if gaps else (statement, *others)
    with db.read() as connection:
        rejected = rejected_rows(connection, statement, shop)
        foreign = other_currency(connection, statement, shop)
    missing = sum(row.amount or 0 for row in rejected)
    known = _figure(db, statement, shop)
    if known is not None and statement.amount in (known, known + missing):  # without a look at every order
        left = statement.amount - known
        hints, left = possible_residuals(rejected, gaps, foreign, left) if left else ([], 0)
        return Reconciliation(statement, known, tuple(hints), left, OURS[statement.figure], len(evidence))
    with db.read() as connection:
        zone = ZoneInfo(shop_settings(connection, shop).time_zone)
        days = _all_days((statement, *others))
        arrays = read_order_arrays(connection, statement.platform, statement.currency, days, zone, shop)
    ours = arrays.total(OURS[statement.figure], statement.figure, statement.period)
    if statement.amount in (ours, ours + missing) or not evidence:
        rule = OURS[statement.figure]
    else:
        rule = _rule(arrays, statement, evidence, zone)
    residuals = _steps(arrays, statement, rule)
    if len(evidence) < SURE and arrays.total(rule, statement.figure, statement.period) != statement.amount:
        residuals = [replace(residual, is_certain=False) for residual in residuals]
    left = statement.amount - ours - sum(residual.amount for residual in residuals)
    if left and left != missing and not gaps:
        more = around_midnight(arrays, statement, rule, zone, left) or one_order(
            arrays, statement, rule, left
        )
        residuals += [more] if more else []
        left -= more.amount if more else 0
    if left:
        hints, left = possible_residuals(rejected, gaps, foreign, left)
        residuals += hints
    return Reconciliation(statement, ours, tuple(residuals), left, rule, len(evidence))


def _figure(db: Database, statement: Statement, shop: int) -> int | None:
    """Our total as every page shows it; None where it is unknown, or counts orders: those of several days."""
    if statement.figure == "orders":
        return None
    query = Query(
        (statement.figure,),
        statement.period.start,
        statement.period.end,
        where=(("platform", (statement.platform,)),),
        shop=shop,
        currency=statement.currency,
    )
    figure = total(db, query)[statement.figure]
    return None if figure is None else int(figure)


def reconcile_all(db: Database, platform: str | None = None, shop: int = 1) -> tuple[Reconciliation, ...]:
    """Every reported total reconciled, the latest first."""
    return tuple(reconcile(db, statement, shop) for statement in statements(db, platform, shop))


# --- which definition the platform seems to use ----------------------------------------------------


def _evidence(
    db: Database, sources: Sequence[FileCoverage], statement: Statement, shop: int
) -> tuple[Statement, ...]:
    """Other reported totals of its kind near it that our files cover."""
    near = [
        other
        for other in statements(db, statement.platform, shop, source=statement.source)
        if (other.figure, other.currency) == (statement.figure, statement.currency)
        and other != statement
        and abs((other.period.end - statement.period.end).days) <= EVIDENCE_DAYS
    ]
    near.sort(key=lambda other: abs((other.period.end - statement.period.end).days))
    covered = [other for other in near[: EVIDENCE - 1] if not uncovered(db, sources, other, shop)]
    days = np.cumsum([other.period.days for other in covered])
    return tuple(other for other, upto in zip(covered, days, strict=True) if upto <= EVIDENCE_DAYS)


def _rule(
    books: OrderArrays, statement: Statement, evidence: Sequence[Statement], zone: ZoneInfo
) -> Definition:
    """The definition to explain this total by: the one that explains most of the evidence.

    On a single total, rather our own or one with few other rules where that leaves no more than a few
    orders around midnight.
    """
    plain = OURS[statement.figure]
    best = _definition(books, evidence)
    if len(evidence) > 1 or books.total(best, statement.figure, statement.period) == statement.amount:
        return best
    most = 1 if statement.figure == "orders" else 2
    near = [rule for rule in definitions(statement.figure) if len(rule.differs(plain)) <= most]
    for rule in sorted(near, key=lambda rule: len(rule.differs(plain))):
        left = statement.amount - books.total(rule, statement.figure, statement.period)
        if not left or around_midnight(books, statement, rule, zone, left):
            return rule
    return best


class _Sums(DaySums):
    """The sums of the days that the evidence lies on, and what each definition leaves of it."""

    def __init__(self, books: OrderArrays, evidence: Sequence[Statement]) -> None:
        days = _all_days(evidence)
        super().__init__(books, days)
        self.amounts = np.array([statement.amount for statement in evidence], dtype=np.int64)
        self.starts = np.array([(statement.period.start - days.start).days for statement in evidence])
        self.ends = np.array([(statement.period.end - days.start).days + 1 for statement in evidence])

    def left(self, rule: Definition, figure: Figure) -> Ints:
        """What a definition leaves of each reported total."""
        along = np.concatenate([[0], np.cumsum(self.of(rule, figure))])
        unexplained: Ints = self.amounts - (along[self.ends] - along[self.starts])
        return unexplained


def _definition(books: OrderArrays, evidence: Sequence[Statement]) -> Definition:
    """The definition that leaves least unexplained over all evidence.

    Among hundreds of definitions some come near any number by accident. One that hits the money of
    most totals (two at least, or the only one) to the last 分 is taken, the simplest first; of others
    only those with no more rules of their own than there are totals, and only if they explain most of
    what differs.
    """
    figure, plain = evidence[0].figure, OURS[evidence[0].figure]
    sums = _Sums(books, evidence)
    every = [(sums.left(rule, figure), rule) for rule in definitions(figure)]
    few = len(evidence)
    wanted = max(few // 2 + 1, min(few, 2))
    exact = [
        (-int((left == 0).sum()), len(rule.differs(plain)), place)
        for place, (left, rule) in enumerate(every)
        if (left == 0).sum() >= wanted and (figure != "orders" or len(rule.differs(plain)) <= few)
    ]
    if exact:
        return every[min(exact)[2]][1]
    price = PRICE_OF_A_RULE * float(sum(abs(statement.amount) for statement in evidence))
    worth = MOSTLY * float(np.abs(sums.left(plain, figure)).sum())
    likely = [
        (float(np.abs(left).sum()) + price * len(rule.differs(plain)), place)
        for place, (left, rule) in enumerate(every)
        if len(rule.differs(plain)) <= min(few, MOST_RULES) and np.abs(left).sum() <= worth
    ]
    return every[min(likely)[1]][1] if likely else plain


def _all_days(evidence: Sequence[Statement]) -> Period:
    return Period(
        min(statement.period.start for statement in evidence),
        max(statement.period.end for statement in evidence),
    )


def _steps(books: OrderArrays, statement: Statement, rule: Definition) -> list[Residual]:
    """From our definition to the platform's, one rule after the other, with the orders of each."""
    now = OURS[statement.figure]
    residuals = []
    for name in (step for step in STEPS if step in rule.differs(now)):
        then = replace(now, **{name: getattr(rule, name)})
        change = books.of_orders(then, statement.figure, statement.period) - books.of_orders(
            now, statement.figure, statement.period
        )
        value = getattr(rule, name)
        if change.any():
            orders = source_orders(books, statement, change)
            residuals.append(Residual(name, int(change.sum()), _rule_name(value), orders))  # type: ignore[arg-type]
        now = then
    return residuals


def _rule_name(rule: str | bool) -> str:
    """The name of a rule: its own word, with or without."""
    if isinstance(rule, bool):
        return "with" if rule else "without"
    return rule or "none"
