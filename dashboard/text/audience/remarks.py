"""Remarks of the audience as short plain text for the screen; things, topics and replies in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from dashboard.i18n import format, messages
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from shop.comments.labels.lexicon import english_words
from shop.comments.offers import Offer
from shop.comments.topics import Thing
from shop.comments.unanswered import QuestionGroup

LONGEST = 240
FACTS = 3  # variants that a reply names
MARKS_IN_A_ROW = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)


class Remark(Protocol):
    """Something that somebody wrote."""

    @property
    def text(self) -> str:
        """What they wrote."""


R = TypeVar("R", bound=Remark)


def different(written: Iterable[R], most: int) -> list[R]:
    """The first remark of each wording, at most so many."""
    by_wording: dict[str, R] = {}
    for remark in written:
        by_wording.setdefault(remark.text.strip(), remark)
    return list(islice(by_wording.values(), most))


def excerpt(remark: str, most: int = LONGEST) -> str:
    """A remark on one line: without control, invisible and direction signs, and cut where it is longer."""
    plain = "".join(
        " " if sign.isspace() else sign
        for sign in remark[: most * 8]
        if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        or sign.isspace()
        or sign == "\u200d"
    )
    plain = MARKS_IN_A_ROW.sub(r"\1", " ".join(plain.split()))
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def thing(item: Thing) -> str:
    """A thing in words, "" for any."""
    parts = [part for part in (item.size, item.glaze, item.form) if part]
    if language() == "zh":
        return "".join(parts)
    return " ".join(english_words().get(part, part) for part in parts)


def topic(group: QuestionGroup) -> str:
    """The topic of a group of questions, with the thing where it is named."""
    if group.topic == "other":
        return excerpt(group.questions[0].text, 60)
    name = t(f"comments.topic.{group.topic}")
    named = thing(group.thing)
    return t("comments.topic_of", topic=name, thing=named) if named else name


def place(kind: str) -> str:
    """Where something was written."""
    return t(f"place.{kind}") if messages.has(f"place.{kind}") else kind


def reply(group: QuestionGroup, fitting: Sequence[Offer], shipping: str) -> str:
    """A reply to copy, filled with what the catalog knows; blanks where it knows nothing."""
    lines = [line for offer in fitting[:FACTS] if (line := _fact(group.topic, offer))]
    if group.topic.startswith("shipping") and shipping:
        lines = [shipping]
    if not lines:
        return t("comments.reply.blank")
    return t("comments.reply.full", facts=("；" if language() == "zh" else "; ").join(lines))


def _fact(name: str, offer: Offer) -> str:
    title = offer.title
    if name in ("size", "capacity", "weight"):
        measures = [
            t(f"comments.reply.{part}", value=format.number(value / scale))
            for part, value, scale in (
                ("height", offer.height_mm, 10),
                ("width", offer.width_mm, 10),
                ("volume", offer.volume_ml, 1),
                ("weight", offer.weight_g, 1),
            )
            if value
        ]
        joined = ("，" if language() == "zh" else ", ").join(measures)
        return t("comments.reply.measures", title=title, measures=joined) if measures else ""
    if name == "price":
        if offer.price_cents is None:
            return ""
        price = format.exact_in(offer.price_cents, offer.currency)
        return t("comments.reply.price", title=title, price=price)
    if name == "food_safety":
        return t("comments.reply.food_safe", title=title) if offer.is_food_safe else ""
    if name in ("restock", "link"):
        return _stock(offer)
    return ""


def _stock(offer: Offer) -> str:
    if offer.policy == "made_to_order":
        key = "to_order" if offer.lead_days else "to_order_open"
        return t(f"comments.reply.{key}", title=offer.title, days=offer.lead_days or 0)
    if not offer.is_there:
        return t("comments.reply.sold_out", title=offer.title)
    if offer.free is None:
        return t("comments.reply.listed", title=offer.title)
    return t("comments.reply.in_stock", title=offer.title, pieces=offer.free)
