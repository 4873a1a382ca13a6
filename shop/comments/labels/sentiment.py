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


def sentiment_of(clauses: Sequence[Clause]) -> str:
    """pos, neg, neu or unsure."""
    characters, turned, with_question, is_felt = 0, None, False, False
    for place, clause in enumerate(clauses):
        characters += len(clause.text)
        is_felt |= clause.is_felt
        with_question |= clause.is_question
        if clause.contrast and turned is None:
            turned = place
    if not is_felt:
        return "neu"
    t = tags()
    good = bad = 0.0
    others = blame = False
    for place, clause in enumerate(clauses):
        positive, negative = clause.positive, clause.negative
        if with_question and clause.mask & t.thanks and not clause.mask & t.praise:
            positive = 0.0  # thanks for the answer
        if clause.mask & t.ours:
            others = False
        if clause.mask & t.others and not clause.mask & (t.ours | t.pw_high):
            others = True
        elif negative and clause.mask & (t.defect | t.after) and not clause.is_question:
            blame = True  # praise next to one's own complaint is irony (质量好得很 用一天就裂)
        if others:
            positive, negative = OTHERS * min(negative, 1.0), 0.0
        if characters >= REVIEW and not clause.is_question:
            negative -= clause.weak
        if clause.is_question:
            positive *= IN_QUESTION if not clause.mask & t.up else 1.0
            negative *= IN_QUESTION
        if clause.mask & t.concede:
            positive, negative = positive * CONCEDED, negative * CONCEDED
        if clause.mask & t.overall:
            positive, negative = positive * OVERALL, negative * OVERALL
        if turned is not None:
            weight = AFTER_CONTRAST if place >= turned else BEFORE_CONTRAST
            positive, negative = positive * weight, negative * weight
        good += positive
        bad += negative
    balance = good - bad
    if characters < REVIEW:
        if turned is None and good >= BOTH and bad >= BOTH and abs(balance) < BOTH:
            return "neg" if blame else "unsure"
        return "pos" if balance >= CLEAR else "neg" if balance <= -CLEAR else "neu"
    if not good and not bad:
        return "neu"
    return "pos" if balance > 0 else "neg" if balance < 0 else "unsure"
