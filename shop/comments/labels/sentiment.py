"""Sentiment of a comment: feelings of its clauses, with contrast and concession, others' ware left aside."""

from __future__ import annotations

from collections.abc import Sequence

from shop.comments.labels.clauses import Clause
from shop.comments.labels.tags import tags

CONCEDED, AFTER_CONTRAST, BEFORE_CONTRAST = 0.5, 1.6, 0.7
IN_QUESTION = 0.3
OVERALL = 2.0
OTHERS = 0.5  # a defect of somebody else's ware speaks for this one
REVIEW = 18  # characters from which a text counts as a review, where single words of context weigh too
CLEAR = 0.4
BOTH = 0.7


def sentiment_of(clauses: Sequence[Clause], characters: int, with_question: bool) -> str:
    """pos, neg, neu or unsure, of clauses of so many characters in all, with a question or not."""
    t = tags()
    if _is_ironic(clauses):
        return "neg"
    turned = next((place for place, clause in enumerate(clauses) if clause.contrast), None)
    if turned is None and characters >= REVIEW:
        turned = _last_complaint(clauses)
    good = bad = 0.0
    others = blame = but_dear = False
    for place, clause in enumerate(clauses):
        mask = clause.mask
        but_dear |= bool(mask & t.pw_high and mask & (t.contrast | t.contrast_weak))
        if mask & t.ours:
            others = False
        about_others = mask & t.others and not mask & (t.ours | t.pw_high)
        others |= bool(about_others)
        if not clause.is_felt:
            continue
        positive, negative = clause.positive, clause.negative
        if with_question and mask & t.thanks and not mask & t.praise:
            positive = 0.0  # thanks for the answer
        if negative and mask & (t.defect | t.after) and not about_others and not clause.is_question:
            blame = True  # praise next to one's own complaint is irony (质量好得很 用一天就裂)
        if others:
            positive, negative = OTHERS * min(negative, 1.0), 0.0
        if characters >= REVIEW and not clause.is_question:
            negative -= clause.weak
        if clause.is_question:
            positive *= IN_QUESTION if not mask & t.up else 1.0
            negative *= IN_QUESTION
        weight = _weight(clause, None if turned is None else place >= turned)
        good += positive * weight
        bad += negative * weight
    if characters < REVIEW:
        is_torn = turned is None and good >= BOTH and bad >= BOTH and abs(good - bad) < BOTH
        if is_torn:
            return "neg" if blame else "unsure"
        word = _word(good - bad, CLEAR, "neu")
        return "unsure" if but_dear and word == "pos" else word  # 好看 就是有点贵
    return _word(good - bad, 0.0, "unsure") if good or bad else "neu"


def _last_complaint(clauses: Sequence[Clause]) -> int | None:
    """The place of a complaint that a review ends with (不错, 就是快递太慢); None without one."""
    for place in range(len(clauses) - 1, 0, -1):
        clause = clauses[place]
        if clause.negative and clause.text.startswith(("就是", "只是")):
            return place
        if clause.positive:
            break
    return None


def _is_ironic(clauses: Sequence[Clause]) -> bool:
    """Whether the only good word of a comment on a delivery or a complaint is one of resignation (服了)."""
    t = tags()
    total = 0
    for clause in clauses:
        total |= clause.mask
        if clause.positive and not clause.mask & t.ironic:
            return False
    return bool(total & t.ironic and total & (t.ship | t.after | t.defect))


def _weight(clause: Clause, is_after_contrast: bool | None) -> float:
    """How much a clause counts; `is_after_contrast` is None where the comment has no contrast."""
    mask, t = clause.mask, tags()
    result = 1.0
    if mask & t.concede:
        result *= CONCEDED
    if mask & t.overall:
        result *= OVERALL
    if is_after_contrast is not None:
        result *= AFTER_CONTRAST if is_after_contrast else BEFORE_CONTRAST
    return result


def _word(balance: float, clear: float, between: str) -> str:
    """pos or neg where the balance is clear, which is at least `clear` and not 0, else the word for between."""
    if balance and abs(balance) >= clear:
        return "pos" if balance > 0 else "neg"
    return between
