"""Clauses of a comment: their phrases, what negation, degree and the ware of others do to them, question or not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shop.comments.labels.forms import (
    BETTER,
    CHOICE,
    DOUBT,
    EITHER,
    ENGLISH_QUESTION,
    HOW_MUCH,
    PARTED,
    SOUGHT,
    sized_and_coloured,
)
from shop.comments.labels.lexicon import lexicon
from shop.comments.labels.numbers import (
    BID,
    CHEAP,
    DEAR,
    ELSEWHERE,
    MONEY,
    NUMERIC,
    OFFER,
    RISEN,
    UNIT_PRICE,
    counts_in,
    measure_in,
)
from shop.comments.labels.tags import tags

NEGATION_REACH = 3  # characters between a negation and what it negates
UP, DOWN, FLIPPED, UNRESOLVED = 1.5, 0.7, -0.8, -0.3
LONG_QUESTION = 30  # characters; a question word in a longer clause without a mark is seldom a question
WHOLESALE_NUMBER = 20


@dataclass(slots=True)
class Clause:
    """One clause: its characters, the tags of its phrases as bits, feelings for and against, values, question."""

    text: str
    mask: int = 0
    positive: float = 0.0
    negative: float = 0.0
    weak: float = 0.0
    evidence: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    numbers: tuple[int, ...] = ()
    is_question: bool = False
    contrast: bool = False
    size: str = ""
    is_felt: bool = False


class Reader:
    """Cuts normalized texts into segments, and these into clauses."""

    def __init__(self) -> None:
        words = lexicon()
        self.find = words.finder()
        self.masks, self.weights, self.values = words.masks, words.weights, words.values
        self.phrases = words.phrases
        t = self.tags = tags()
        self.split = re.compile("[" + re.escape("".join(words.separators())) + "]").split
        self.numbers = re.compile("|".join(phrase for phrase in words.phrases if phrase.isdigit())).search
        self.good = next(index for index, phrase in enumerate(words.phrases) if phrase == "好")
        self.cuts = t.delim | t.contrast | t.contrast_weak
        self.maybe_question = t.ask | t.qpart | t.qinv | t.anota | t.q | t.wonder | t.mark | t.orq
        effects = (
            t.noun
            | t.filler
            | t.price
            | t.q
            | t.qinv
            | t.qstart
            | t.qfinal
            | t.up
            | t.down
            | t.neg
            | t.neg_weak
        )
        self.alone = words.alone
        self.plain = [  # phrases that add their tags and nothing else
            not weight and not mask & (effects | t.dropped)
            for mask, weight in zip(words.masks, words.weights, strict=True)
        ]

    def is_number(self, segment: str) -> bool:
        """Whether a segment is a number alone, which means nothing, and no phrase such as 666."""
        return segment.isdigit() and not self.numbers(segment)

    def clauses(self, segment: str) -> list[Clause]:
        """The clauses of one segment of a normalized text that is no number alone."""
        t, masks, cuts = self.tags, self.masks, self.cuts
        hits = self.find(segment)
        result: list[Clause] = []
        first = start = 0
        contrast = False
        for place, hit in enumerate(hits):
            mask = masks[hit[0]]
            if not mask & cuts:
                continue
            if hit[1] > start:
                marked = bool(mask & t.mark)
                result.append(self._clause(segment, start, hit[1], hits[first:place], marked, contrast))
                contrast = contrast and not mask & t.delim
            if mask & t.delim:
                first, start = place + 1, hit[2]
            else:
                first, start, contrast = place, hit[1], bool(mask & t.contrast) or contrast
        if len(segment) > start:
            result.append(self._clause(segment, start, len(segment), hits[first:], False, contrast))
        return result

    def _clause(
        self, text: str, start: int, end: int, hits: list[tuple[int, int, int]], marked: bool, contrast: bool
    ) -> Clause:
        t, masks, weights, plain = self.tags, self.masks, self.weights, self.plain
        words = text[start:end]
        total = t.mark if marked else 0
        negated_at, factor, factor_end = -99, 1.0, -99
        final_at, covered, lead, leads_q = -1, start, start, False
        noun_only, only_sought = True, True
        positive = negative = weak = 0.0
        evidence: list[str] = []
        values: list[tuple[str, str]] = []
        last = len(hits) - 1
        for place, (index, left, right) in enumerate(hits):
            mask = masks[index]
            if plain[index]:
                total |= mask
                if (value := self.values[index]) is not None:
                    values.append(value)
                noun_only = False
                factor_end = -99
                continue
            weight = weights[index]
            if final_at == left and mask & t.filler:
                final_at = right
            if mask & t.qfinal and left > start and not total & t.rhet:
                final_at = right
            if mask & (t.noun | t.filler | t.price) and left == covered:
                covered = right
            else:
                noun_only = False
            if mask & t.filler:
                if lead == left:
                    lead = right
                if not weight:
                    continue
            if mask & (t.q | t.qinv | t.qstart) and mask & (t.en | t.qinv | t.qstart):
                if left > lead and not (right == end and mask & t.q):
                    mask &= ~(t.q | t.qstart)
                else:
                    leads_q = True
            if mask & t.qfinal and mask & t.neg and right == end:
                total |= mask & ~t.neg
                continue
            if (mask & t.up or index == self.good) and place < last:
                following = hits[place + 1]
                if following[1] - right <= 1 and (
                    weights[following[0]] or masks[following[0]] & (t.up | t.q | t.neg)
                ):
                    factor, factor_end = UP, following[1] + 1
                    total |= mask & t.up
                    continue
            if mask & t.down and not weight:
                factor, factor_end = DOWN, right + 2
                total |= mask
                continue
            if mask & t.neg and not weight:
                negated_at = -99 if left - negated_at <= 1 else right
                total |= mask
                continue
            if left <= factor_end and weight:
                weight *= factor
            strong = left <= factor_end and factor > 1
            factor, factor_end = 1.0, -99
            if left - negated_at <= NEGATION_REACH and (weight or mask & t.dropped):
                weight *= FLIPPED
                if mask & t.buy:
                    mask |= t.unbuy
                if mask & t.pw_low:
                    mask |= t.pw_high
                mask &= ~(t.dropped | t.neg_weak)
                negated_at = -99
            total |= mask
            if (value := self.values[index]) is not None:
                values.append(value)
            if mask & t.neg_weak:
                weak += weight
            elif weight > 0:
                if not strong and self._questioned(text, hits, place, end):
                    bargains = mask & t.pw_low and total & t.anota  # 能不能便宜
                    total = total & ~(t.praise | t.pw_low) | (t.pw_discount if bargains else 0)
                    continue
                positive += weight
                of_thing = total & t.sought and text.startswith("的", right)  # 求一个不烫手的杯子
                only_sought = only_sought and not strong and bool(total & t.have or of_thing)
                evidence.append(self.phrases[index])
            elif weight < 0:
                negative -= weight
                evidence.append(self.phrases[index])
        if negated_at >= 0:
            weak += UNRESOLVED  # 不…, 没…, doesn't … of something unknown: seldom good news in a review
        clause = Clause(words, total, positive, negative, weak, tuple(evidence), tuple(values))
        clause.contrast = contrast
        if (whole := self.alone.get(words)) is not None:
            clause.mask |= whole[0]
            clause.positive = max(clause.positive, whole[1])
            clause.negative = max(clause.negative, -whole[1])
        if clause.mask & t.form:
            clause.values += tuple(sized_and_coloured(words))
        if NUMERIC.search(words):
            self._count(clause)
        self._shape(clause)
        clause.is_felt = bool(clause.positive or clause.negative or weak)
        alone = noun_only and covered >= end and bool(clause.mask & t.noun)
        clause.is_question = self._is_question(clause, final_at == end, leads_q, alone)
        if only_sought and positive and (clause.is_question or clause.mask & t.sought):
            clause.mask &= ~t.praise  # 有好看的吗: no piece is praised
            clause.positive = 0.0
        return clause

    def _shape(self, clause: Clause) -> None:
        """Add what follows from the form of a clause: a choice, a question in two parts, a comparison."""
        t, words = self.tags, clause.text
        if ("不" in words and CHOICE.search(words)) or (clause.mask & t.orq and EITHER.search(words)):
            clause.mask = (clause.mask | t.anota | t.choice) & ~t.praise
            clause.positive = clause.negative = 0.0  # 烫手不烫手, 天然的还是做出来的
        elif words.endswith(("不能", "不会", "不是", "不要")) and PARTED.search(words):
            clause.mask |= t.anota
        elif "多少" in words and not clause.mask & t.measured and HOW_MUCH.search(words):
            clause.mask |= t.price | t.pw_ask
        elif "有" in words and self._is_sought(clause):
            clause.mask |= t.stock
        elif words.startswith("‹") and ENGLISH_QUESTION.match(words):
            clause.mask |= t.qinv
        elif "比" in words and BETTER.search(words):
            clause.mask |= t.praise
            clause.positive += 1.0

    def _is_sought(self, clause: Clause) -> bool:
        """Whether a clause looks for a piece that has something: 有没有带盖的, 有一米高的花瓶没."""
        t, words = self.tags, clause.text
        if (
            words.startswith("有")
            and clause.mask & t.form
            and words.endswith(("没", "没有", "吗", "不", "么"))
        ):
            return True
        others = t.after | t.ship | t.workshop | t.job | t.where | t.custom | t.craft
        return not clause.mask & others and bool(SOUGHT.search(words))

    def _count(self, clause: Clause) -> None:
        """Add the numbers of a clause and their tags."""
        t, words = self.tags, clause.text
        clause.size = measure_in(words)
        if clause.size and clause.mask & (t.have | t.stock):
            clause.mask |= t.has_measure
        of_unit = UNIT_PRICE.search(words)
        clause.numbers = () if of_unit else tuple(counts_in(words))
        for count in clause.numbers:
            clause.mask |= t.many if count >= WHOLESALE_NUMBER else t.number
        self._judge_amount(clause)
        if BID.search(words):
            clause.mask |= t.price | t.money | t.pw_discount
        elif OFFER.search(words):
            clause.mask |= t.money | t.pw_discount
        elif of_unit:
            clause.mask |= t.price | t.money
        elif MONEY.search(words):
            clause.mask |= t.money | (t.pw_ask if words.endswith("吧") else 0)

    def _judge_amount(self, clause: Clause) -> None:
        """Add what an amount of money means without a word for a price: cheaper elsewhere, little, much."""
        t, words, mask = self.tags, clause.text, clause.mask
        question_words = t.q | t.qpart | t.anota
        if RISEN.search(words) or (ELSEWHERE.search(words) and not mask & (t.q | t.after)):
            clause.mask |= t.price | t.pw_high
            clause.negative += 0.8
        elif CHEAP.search(words) and not mask & (t.others | t.pw_high | t.after | t.q):
            clause.mask = (clause.mask | t.price | t.pw_low) & ~(t.many | t.number)
            clause.numbers = ()
            clause.positive += 0.8
        elif (
            not clause.numbers
            and not clause.size
            and not mask & (t.bought_past | t.buy | t.measured | question_words)
            and DEAR.search(words)
        ):
            clause.mask |= t.price | t.pw_high
            clause.negative += 0.5

    def _questioned(self, text: str, hits: list[tuple[int, int, int]], place: int, end: int) -> bool:
        """Whether the next word makes this one a question (好看吗, 合适不), or a form of choice precedes it."""
        t = self.tags
        if place + 1 < len(hits):
            index, left, right = hits[place + 1]
            mask = self.masks[index]
            if left - hits[place][2] <= 1 and (
                mask & t.qpart or (mask & t.qfinal and right == end) or mask & t.anota
            ):
                return True
        if place == len(hits) - 1 and place and hits[place][2] == end:  # 插什么花好看, 配哪个碟子合适
            q, left = next(
                (
                    (self.masks[index], at)
                    for index, at, _ in reversed(hits[:place])
                    if self.masks[index] & t.q
                ),
                (0, 0),
            )
            if q & t.q and not q & (t.rhet | t.up | t.price | t.en) and hits[place][1] - left <= 5:
                return True
        before = 0
        for index, _, _ in hits[max(place - 2, 0) : place]:
            before |= self.masks[index]
        return bool(before & t.anota and not before & t.rhet)

    def _is_question(self, clause: Clause, final: bool, leads: bool, alone: bool) -> bool:
        t, mask = self.tags, clause.mask
        characters = len(clause.text)
        if mask & t.rhet:
            return False
        if alone:
            return True
        if not final and not mask & self.maybe_question and not clause.text.endswith(("呢", "吧")):
            return False
        if mask & (t.ask | t.qpart | t.qinv) and (characters <= LONG_QUESTION * 4 or mask & t.mark):
            return True
        if mask & t.anota and (characters <= LONG_QUESTION or mask & t.mark):
            return True
        if final and characters <= LONG_QUESTION:
            return True
        if mask & t.q:
            return characters <= LONG_QUESTION or bool(mask & t.mark) or leads
        if mask & t.wonder and characters <= LONG_QUESTION and (characters > 4 or mask & t.noun):
            return True
        return self._is_question_by_topic(clause)

    def _is_question_by_topic(self, clause: Clause) -> bool:
        """Whether a clause without a question word is a question: by a mark, a doubt, 吧 or 呢 about something."""
        t, mask, characters = self.tags, clause.mask, len(clause.text)
        if mask & t.mark and mask & (t.qstart | t.en):
            return True
        if mask & t.mark and characters and not clause.text.isdigit():
            judged = clause.positive or clause.negative
            return bool(mask & (t.topics | t.noun | t.offtopic)) or not judged
        if mask & t.orq and mask & t.topics and characters <= LONG_QUESTION:
            repeated = len(set(clause.evidence)) < len(clause.evidence)  # 白的好看还是青的好看
            return repeated or (not clause.positive and not clause.negative)
        if (
            clause.text.endswith("的吧")
            and mask & (t.after | t.ship | t.spec | t.stock)
            and not clause.positive
        ):
            return characters <= 12
        if mask & t.defect and DOUBT.search(clause.text):
            return True
        if mask & t.soft and clause.text.endswith("吧"):
            topics = t.ship | t.spec | t.defect | t.craft | t.after | t.money | t.offtopic
            return bool(mask & (t.modal | t.money | t.offtopic) and mask & topics) and characters <= 12
        if clause.text.endswith("呢"):
            return bool(mask & (t.topics | t.noun)) and characters <= 8 and not clause.negative
        return False
