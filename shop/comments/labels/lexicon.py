"""The phrases of `lexicon/` as one automaton: which phrases a text contains, and what each stands for."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from shop.comments.labels.normalize import MARK, normalize_all

FILES = ("structure.txt", "sentiment.txt", "english.txt", "shop.txt", "families.txt")
THINGS = "things.txt"
TWO_BYTES, THREE_BYTES, PRIVATE_USE = "\x80", "\u0800", 0xE000  # where each length of UTF-8 begins
COLOURS = "白黑蓝绿红粉黄紫灰棕青"


@dataclass
class Lexicon:
    """Phrases with their tags (one bit each), weight of feeling, and value (form, glaze, size)."""

    bits: dict[str, int] = field(default_factory=dict)
    phrases: list[str] = field(default_factory=list)
    masks: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    values: list[tuple[str, str] | None] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    alone: dict[str, tuple[int, float]] = field(default_factory=dict)  # where they are the whole clause

    def bit(self, tag: str) -> int:
        """The bit of a tag; a new tag gets the next one."""
        return self.bits.setdefault(tag, 1 << len(self.bits))

    def mask(self, tags: str) -> int:
        """The bits of several tags, written with blanks between."""
        total = 0
        for tag in tags.split():
            total |= self.bit(tag)
        return total

    def put(self, phrase: str, tags: int, weight: float = 0.0, value: tuple[str, str] | None = None) -> None:
        """One normalized phrase; given twice, it carries both tags and the stronger feeling."""
        if not phrase:
            return
        at = self.places.get(phrase)
        if at is None:
            self.places[phrase] = len(self.phrases)
            self.phrases.append(phrase)
            self.masks.append(tags)
            self.weights.append(weight)
            self.values.append(value)
            return
        self.masks[at] |= tags
        self.values[at] = self.values[at] or value
        if abs(weight) > abs(self.weights[at]):
            self.weights[at] = weight

    def separators(self) -> list[str]:
        """The characters that end a clause and occur in no longer phrase: no phrase reaches across them."""
        delim, mark = self.bits["delim"], self.bits["mark"]
        longer = set().union(*(phrase for phrase in self.phrases if len(phrase) > 1))
        return [
            phrase
            for phrase, mask in zip(self.phrases, self.masks, strict=True)
            if len(phrase) == 1 and mask & delim and not mask & mark and phrase not in longer
        ]

    def finder(self) -> Callable[[str], list[tuple[int, int, int]]]:
        """A function that finds the longest phrase at each place of a text: its number, first character and end."""
        alphabet = _Alphabet("".join(self.phrases))
        spelled = MARK.join(self.phrases).translate(alphabet).split(MARK)
        find = AhoCorasick(
            spelled, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes
        return lambda text: find(text.translate(alphabet))


class _Alphabet(dict[int, int]):
    """Characters of two bytes in UTF-8 for those of the phrases: an automaton over bytes is built in half the time.

    A character of no phrase becomes NUL, which is in no normalized text.
    """

    def __init__(self, characters: str) -> None:
        wide = [ord(one) for one, _ in Counter(characters).most_common() if one >= TWO_BYTES]
        codes = (*range(ord(TWO_BYTES), ord(THREE_BYTES)), *range(PRIVATE_USE, PRIVATE_USE + len(wide)))
        super().__init__(zip(wide, codes, strict=False))
        self.update((code, code) for code in range(ord(TWO_BYTES)))

    def __missing__(self, code: int) -> int:
        self[code] = 0
        return 0


def _lines(name: str) -> Iterator[str]:
    text = files("shop.comments.labels").joinpath(f"lexicon/{name}").read_text("utf-8")
    return (line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def fingerprint() -> int:
    """A number that changes with any phrase or rule."""
    folder = files("shop.comments.labels")
    names = ("rules.toml", *(f"lexicon/{name}" for name in (*FILES, THINGS, "shorthand.txt")))
    return zlib.crc32("".join(folder.joinpath(name).read_text("utf-8") for name in names).encode())


@cache
def lexicon() -> Lexicon:
    """All phrases, read once."""
    result = Lexicon()
    entries = [*_phrases(result), *_things(result)]
    alone = result.bit("alone")
    spelled = normalize_all([entry.written.replace("_", " ") for entry in entries])
    for phrase, (_, tags, weight, value) in zip(spelled, entries, strict=True):
        if tags & alone:
            result.alone[phrase] = tags & ~alone, weight
        else:
            result.put(phrase, tags, weight, value)
    _quote(result)
    _inherit(result)
    _compose(result)
    for blank in (" ", "\t", "\u3000"):
        result.places[blank] = len(result.phrases)
        result.phrases.append(blank)
        result.masks.append(result.mask("delim"))
        result.weights.append(0.0)
        result.values.append(None)
    return result


class _Entry(NamedTuple):
    """One phrase as a file writes it (_ stands for a space, English words in ‹›), with its tags, weight and value."""

    written: str
    tags: int
    weight: float = 0.0
    value: tuple[str, str] | None = None


def _phrases(words: Lexicon) -> Iterator[_Entry]:
    """The phrases of all files with the tags and the weight of their section."""
    lists: dict[str, list[str]] = {}
    for name in FILES:
        tags, weight = 0, 0.0
        for line in _lines(name):
            if " = " in line:
                given, _, members = line.partition(" = ")
                lists[given] = members.split()
            elif line.startswith("[") and line.endswith("]") and line.isascii():
                tags, weight = _section(words, line[1:-1].split())
            else:
                for phrase in _written(line, lists):
                    yield _Entry(phrase, tags, weight)


def _section(words: Lexicon, given: Iterable[str]) -> tuple[int, float]:
    """The tags of a section, and its weight where a number is among them."""
    tags, weight = 0, 0.0
    for word in given:
        if word[0] in "+-":
            weight = float(word)
        else:
            tags |= words.bit(word)
    return tags, weight


def _written(line: str, lists: Mapping[str, list[str]]) -> Iterator[str]:
    for written in line.split():
        yield from _family(written, lists) if "{" in written else (written,)


def _things(words: Lexicon) -> Iterator[_Entry]:
    """Forms, glazes, sizes and the like with the value that each synonym stands for."""
    for line in _lines(THINGS):
        kind, _, rest = line.partition(" ")
        if kind == "shade":  # 墨绿 and 雾蓝 are colours of their own
            for colour in map("".join, product(rest.split(), COLOURS)):
                for ending in ("", "色", "的", "釉"):
                    yield _Entry(colour + ending, words.bit("glaze"), 0.0, ("glaze", colour))
            continue
        value, _, synonyms = rest.partition(":")
        for phrase in (value, *synonyms.split()):
            if len(phrase) > 1 or kind == "form":
                yield _Entry(phrase, words.bit(kind), 0.0, (kind, value))


@cache
def english_words() -> dict[str, str]:
    """The English word of each form, glaze and size that has one: the first of its synonyms that is English."""
    result = {}
    for line in _lines(THINGS):
        value, _, synonyms = line.partition(" ")[2].partition(":")
        if english := re.search(r"‹([a-z_]+)›", synonyms):
            result[value] = english[1].replace("_", " ")
    return result


PLACE = re.compile(r"\{(\w+)(\??)\}")


def _family(written: str, lists: Mapping[str, list[str]]) -> Iterator[str]:
    """The phrases of a family: each {list} replaced by each of its words, {list?} also by nothing."""
    parts = PLACE.split(written)
    choices = [[parts[0]]]
    for name, optional, fixed in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        choices += [lists[name] + [""] * bool(optional), [fixed]]
    return map("".join, product(*choices))


def _quote(words: Lexicon) -> None:
    """Praise in quotation marks is irony."""
    ironic = words.mask("neg_plain")
    for at, phrase in enumerate(list(words.phrases)):
        if words.weights[at] >= 1 and len(phrase) <= 4 and not phrase.isascii():
            words.put(f'"{phrase}"', ironic, -1.0)


ADVERBS = ["真", "真的", "也", "都", "就", "又", "还", "却", "才", "倒", "可", "从来", "一直", "确实", "实在"]


def _compose(words: Lexicon) -> None:
    """真不 and 也没 negate, but 真不错 and 也没话说 are phrases: an adverb before 不…, 没… changes nothing."""
    for at, phrase in enumerate(list(words.phrases)):
        if phrase[0] in "不没" and len(phrase) > 1:
            for adverb in ADVERBS:
                if adverb + phrase not in words.places:  # 还没用 is not 没用, useless
                    words.put(adverb + phrase, words.masks[at], words.weights[at], words.values[at])


INHERITED = (
    "after service ship stock where wholesale job workshop spec craft custom price pricenoun "
    "q qpart anota ask en qinv orq"
)
NOT_INHERITED = {
    "buy": "where workshop",
    "ship": "where",
    "custom": "after craft stock",
    "stock": "wholesale craft ship",
    "craft": "where",
    "after": "price pricenoun",
    "job": "ship",
}
NEVER = "none joke rhet rhet_soft others told up down"
QUESTION_ENDINGS = ("吗", "么", "没", "不")


class _Heritage(NamedTuple):
    """Masks of what phrases carry of the phrases inside them."""

    inherited: int
    never: int
    questions: int  # not into a phrase with a weight
    in_praise: int  # not into praise
    in_blame: int  # not into blame
    lost: list[tuple[int, int]]  # with a tag, topics that it leaves out

    def gained(self, mask: int, weight: float, inner: int) -> int:
        """The tags of an inner phrase that go to a phrase of this mask and weight."""
        result = inner & self.inherited
        if weight:
            result &= ~self.questions
        if weight > 0:
            result &= ~self.in_praise
        if weight < 0:
            result &= ~self.in_blame
        for own, topics in self.lost:
            if mask & own:
                result &= ~topics
        return result


def _inherit(words: Lexicon) -> None:
    """A phrase carries the topics and question words of the phrases inside it: 申请退款 has 退款, 怎么清洗 has 怎么."""
    heritage = _Heritage(
        words.mask(INHERITED),
        words.mask(NEVER),
        words.mask("q qpart anota ask"),
        words.mask("after price"),
        words.bit("wholesale"),
        [(words.bit(own), words.mask(topics)) for own, topics in NOT_INHERITED.items()],
    )
    after, form, unlike, questioned = map(words.mask, ("after", "form", "neg rhet", "q"))
    question_words, qpart, topical = words.mask("q qpart"), words.bit("qpart"), words.mask(INHERITED + " buy")
    thing, no_thing = words.mask("form glaze size"), words.mask("wholesale biz q pw_discount")
    masks, weights = list(words.masks), list(words.weights)
    givers = [  # phrases with something to give: a small automaton is built and searched faster
        at
        for at, mask in enumerate(masks)
        if (mask & (heritage.inherited | thing) or weights[at] < 0)
        and not mask & heritage.never
        and (len(words.phrases[at]) > 1 or mask & question_words)
    ]
    gained_by = cache(heritage.gained)
    for at, inner in _inside(words.phrases, givers):
        if masks[at] & heritage.never:
            continue
        phrase = words.phrases[at]
        gained = gained_by(masks[at], weights[at], masks[inner])
        if gained & questioned and phrase.startswith(("没", "才", "用", "洗", "等", "不")):
            gained &= ~questioned
        words.masks[at] |= gained
        if words.values[at] is None and words.values[inner] is not None:
            carried = thing if phrase.startswith("‹") else thing & ~form
            if weights[at] < 0:
                carried &= ~words.bit("size")  # too small is no size that somebody wants
            if masks[inner] & carried and not masks[at] & no_thing:
                words.values[at] = words.values[inner]
        if masks[at] & after and not weights[at] and weights[inner] < 0 and not masks[inner] & unlike:
            words.weights[at] = min(words.weights[at], weights[inner])
    for at, phrase in enumerate(words.phrases):
        is_topical = masks[at] & topical and not weights[at] and not masks[at] & heritage.never
        if is_topical and len(phrase) > 1 and phrase.endswith(QUESTION_ENDINGS):
            words.masks[at] |= qpart


def _inside(phrases: list[str], givers: list[int]) -> Iterator[tuple[int, int]]:
    """Numbers of each phrase and of each giver inside it, phrase by phrase; all are searched as one text."""
    find = AhoCorasick([phrases[at] for at in givers]).find_matches_as_indexes
    at, end = 0, len(phrases[0])
    for giver, _, last in find(MARK.join(phrases), overlapping=True):
        while last > end:
            at += 1
            end += len(phrases[at]) + 1
        if givers[giver] != at:
            yield at, givers[giver]
