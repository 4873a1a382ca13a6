"""Clauses of a comment: their phrases, what negation, degree and the ware of others do to them, question or not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from shop.comments.labels.lexicon import lexicon

NEGATION_REACH = 3  # characters between a negation and what it negates
UP, DOWN, FLIPPED, UNRESOLVED = 1.5, 0.7, -0.8, -0.3
LONG_QUESTION = 30  # characters; a question word in a longer clause without a mark is seldom a question
NUMBERED = re.compile(
    r"(?<![第\d.])(\d+|[一二两三四五六七八九十百千]+|俩|仨)(?:来|多)?(个|只|件|把|盏|套|份|枚|条|对|双|单|盒|箱|张|组)"
    r"|(?<=[来要买拍整留搞弄订])([俩仨])(?![人口])"
    r"|‹(\d+|two|three|four|five|six|ten|dozen)›(?:‹(?!of›|for›)[a-z']+›)?"
    r"‹(?:cups?|mugs?|bowls?|plates?|pieces?|sets?|pcs|of|vases?|teapots?|more)›"
)
MEASURE = re.compile(r"(\d+(?:\.\d+)?)\s*(毫升|厘米|公分|英寸|寸|升|‹(?:ml|cm|oz|inch|inches|l)›)")
MONEY = re.compile(
    r"[一二两三四五六七八九几][百千万](?![个只套件把份年度目遍])|上[百千万]|\d{2,}(?:元|块|刀)(?!\d)"
)
OFFER = re.compile(r"\d{2,}(?:元|块|刀)?(?=[能行卖出可成包])")
DOUBT = re.compile(r"不会.{1,8}吧$")
WHOLESALE_NUMBER = 20
CHOICE = re.compile(r"([^\W\d])不\1")
EITHER = re.compile(r"[是用卖发选买拍].{1,8}(?<!我)(?<!你)还是(?![很挺好蛮不没会喜觉想]).")
SHORT, MOST_KNOWN = 24, 20_000
NUMERIC = re.compile(r"[\d一二两三四五六七八九十百千俩仨]|‹(?:two|three|four|five|six|ten|dozen)›")
ENGLISH_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "dozen": 12}
HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "仨": 3,
}
HAN_UNITS = {"十": 10, "百": 100, "千": 1000}


@dataclass(slots=True)
class Clause:
    """One clause: its characters, the tags of its phrases as bits, feelings for and against, values, question."""

    text: str = ""
    mask: int = 0
    positive: float = 0.0
    negative: float = 0.0
    weak: float = 0.0
    evidence: list[str] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[tuple[int, str]] = field(default_factory=list)
    is_question: bool = False
    contrast: bool = False
    has_digits: bool = False


@dataclass(frozen=True, slots=True)
class Tags:
    """The bits that reading a clause needs."""

    delim: int
    mark: int
    contrast: int
    concede: int
    contrast_weak: int
    overall: int
    neg: int
    up: int
    down: int
    q: int
    en: int
    qstart: int
    qinv: int
    qpart: int
    qfinal: int
    anota: int
    wonder: int
    ask: int
    soft: int
    rhet: int
    filler: int
    none: int
    praise: int
    thanks: int
    pw_ask: int
    pw_discount: int
    praise_weak: int
    pos: int
    neg_weak: int
    others: int
    ours: int
    selfbroken: int
    joke: int
    defect: int
    after: int
    buy: int
    unbuy: int
    noun: int
    number: int
    many: int
    spec: int
    topics: int
    dropped: int
    pw_low: int
    pw_high: int
    modal: int
    offtopic: int
    price: int
    orq: int
    choice: int
    have: int
    has_measure: int
    ship: int
    money: int
    craft: int


@cache
def tags() -> Tags:
    """The bits by name, from the phrases as read."""
    words = lexicon()
    combined = {
        "topics": "price where stock spec ship custom after craft wholesale job workshop glaze form size offtopic",
        "dropped": "praise praise_weak pos buy defect pw_low",
    }
    return Tags(**{name: words.mask(combined.get(name, name)) for name in Tags.__dataclass_fields__})


def number_of(word: str) -> int:
    """A number written in digits, Chinese characters or English; 0 where it cannot be read."""
    if word in ENGLISH_NUMBERS:
        return ENGLISH_NUMBERS[word]
    if word.isdigit():
        return int(word) if len(word) < 7 else 0
    total, digit = 0, 0
    for character in word:
        if character in HAN_UNITS:
            total += (digit or 1) * HAN_UNITS[character]
            digit = 0
        elif character in HAN_DIGITS:
            digit = HAN_DIGITS[character]
    return total + digit


class Reader:
    """Cuts normalized texts into clauses."""

    def __init__(self) -> None:
        words = lexicon()
        self.find = words.automaton().find_matches_as_indexes
        self.masks, self.weights, self.values = words.masks, words.weights, words.values
        self.phrases = words.phrases
        self.tags = tags()
        self.known: dict[tuple[str, bool], Clause] = {}
        self.good = next(index for index, phrase in enumerate(words.phrases) if phrase == "好")

    def clauses(self, text: str) -> list[Clause]:
        """The clauses of a normalized text, empty ones left out."""
        t = self.tags
        turns, ends = t.contrast | t.contrast_weak, t.delim
        masks = self.masks
        result: list[Clause] = []
        hits: list[tuple[int, int, int]] = []
        start, contrast = 0, False
        for hit in self.find(text):
            mask = masks[hit[0]]
            if mask & ends:
                if hits or hit[1] > start:
                    result.append(self._known(text, start, hit[1], hits, bool(mask & t.mark), contrast))
                    hits, contrast = [], False
                elif mask & t.mark and result:
                    result[-1] = replace(result[-1], mask=result[-1].mask | t.mark)
                start = hit[2]
                continue
            if mask & turns:
                if hits or hit[1] > start:
                    result.append(self._known(text, start, hit[1], hits, False, contrast))
                    hits = []
                start, contrast = hit[1], bool(mask & t.contrast) or contrast
            hits.append(hit)
        if hits or len(text) > start:
            result.append(self._known(text, start, len(text), hits, False, contrast))
        return result

    def _known(
        self, text: str, start: int, end: int, hits: list[tuple[int, int, int]], marked: bool, contrast: bool
    ) -> Clause:
        """The clause as read before, or read now: short ones come again and again."""
        key = (text[start:end], marked)
        clause = self.known.get(key)
        if clause is None:
            clause = self._clause(text, start, end, hits, marked)
            if end - start <= SHORT:
                if len(self.known) >= MOST_KNOWN:
                    self.known.clear()
                self.known[key] = clause
        return replace(clause, contrast=True) if contrast else clause

    def _clause(
        self, text: str, start: int, end: int, hits: list[tuple[int, int, int]], marked: bool
    ) -> Clause:
        t, masks = self.tags, self.masks
        clause = Clause(text[start:end])
        total = t.mark if marked else 0
        negated_at, factor, factor_end = -99, 1.0, -99
        final_at, covered, lead, leads_q = -1, start, start, False
        noun_only = True
        last = len(hits) - 1
        for place, (index, left, right) in enumerate(hits):
            mask = masks[index]
            weight = self.weights[index]
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
                    self.weights[following[0]] or masks[following[0]] & (t.up | t.q | t.neg)
                ):
                    factor, factor_end = UP, following[1] + 1
                    total |= mask & t.up
                    continue
            if mask & t.down and not weight:
                factor, factor_end = DOWN, right + 2
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
            value = self.values[index]
            if value is not None:
                clause.values.append(value)
            if mask & t.neg_weak:
                clause.weak += weight
            elif weight > 0:
                if not strong and self._questioned(text, hits, place, end):
                    total &= ~(t.praise | t.pw_low)
                    continue
                clause.positive += weight
                clause.evidence.append(self.phrases[index])
            elif weight < 0:
                clause.negative -= weight
                clause.evidence.append(self.phrases[index])
        if negated_at >= 0:
            clause.weak += (
                UNRESOLVED  # 不…, 没…, doesn't … of something unknown: seldom good news in a review
            )
        clause.has_digits = bool(NUMERIC.search(clause.text))
        if clause.has_digits and total & t.have and MEASURE.search(clause.text):
            total |= t.has_measure
        for match in NUMBERED.finditer(clause.text) if clause.has_digits else ():
            count = number_of(match[match.lastindex or 1] if match[2] is None else match[1])
            if count:
                clause.numbers.append((count * 2 if match[2] in ("对", "双") else count, match[0]))
                total |= t.many if count >= WHOLESALE_NUMBER else t.number
        if ("不" in clause.text and CHOICE.search(clause.text)) or (
            total & t.orq and EITHER.search(clause.text)
        ):
            total |= t.anota | t.choice
        if clause.has_digits and OFFER.search(clause.text):
            total |= t.money | t.pw_discount
        elif clause.has_digits and MONEY.search(clause.text):
            total |= t.money | (t.pw_ask if clause.text.endswith("吧") else 0)
        clause.mask = total
        alone = noun_only and covered >= end and bool(total & t.noun)
        clause.is_question = self._is_question(clause, final_at == end, leads_q, alone)
        return clause

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
        if mask & t.mark and mask & (t.qstart | t.en):
            return True
        if mask & t.mark and characters and not clause.text.isdigit():
            judged = clause.positive or clause.negative
            return bool(mask & (t.topics | t.noun | t.offtopic)) or not judged
        if mask & t.orq and mask & t.topics and characters <= LONG_QUESTION:
            repeated = len(set(clause.evidence)) < len(clause.evidence)  # 白的好看还是青的好看
            return repeated or (not clause.positive and not clause.negative)
        if mask & t.defect and DOUBT.search(clause.text):
            return True
        if mask & t.soft and clause.text.endswith("吧"):
            topics = t.ship | t.spec | t.defect | t.craft | t.after | t.money | t.offtopic
            return bool(mask & (t.modal | t.money | t.offtopic) and mask & topics) and characters <= 12
        if clause.text.endswith("呢"):
            return bool(mask & (t.topics | t.noun)) and characters <= 8 and not clause.negative
        return False
