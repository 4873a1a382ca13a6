"""An audience as it really writes, with the truth about it: who waits, who wants what, who may become a customer.

Many habits of writing (simplified and traditional, dialect, typing errors, emoji codes, English, contacts in people's
spelling) over a few weeks before a day; the shop's own account answers some. Grain: one remark. The truth is what the
writer meant, whatever a reader makes of the words.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sample_data.generator.english.audience import said_in_english

HEADER = ("评论ID", "上级评论ID", "用户ID", "昵称", "评论内容", "评论时间", "点赞数", "回复数")
OWN_ID, OWN_NAME = "88999999999", "窑边工作室"
QUESTIONS = {
    "microwave": (
        "能进微波炉吗",
        "可以放微波爐嗎",
        "微波炉可以不",
        "is it microwave safe",
        "微波炉能用不",
        "请问微波炉行吗",
    ),
    "dishwasher": ("能放洗碗机吗", "洗碗机可以洗不", "dishwasher safe?", "可以用洗碗機嗎"),
    "price": ("多少钱", "啥价啊", "多少米", "怎么卖的", "how much is it", "价格多少呀", "几多钱一只"),
    "shipping_cost": ("包邮吗", "包邮不", "邮费多少", "運費多少", "free shipping?"),
    "shipping_time": ("几天到", "多久发货", "啥时候发货呀", "how long does delivery take?"),
    "link": ("链接在哪", "求链接", "哪里买", "怎么买呀", "where can i buy this?", "小黄车里有吗"),
    "capacity": ("多少毫升", "容量多大", "能装多少ml"),
    "making": ("烧多少度", "什么釉呀", "是气窑还是柴窑", "what kiln do you use?"),
}
WANTED = {
    ("茶壶", ""): (
        "想要一个茶壶",
        "有没有茶壶卖",
        "茶壶有链接吗",
        "蹲一个茶壶",
        "什么时候出茶壶",
        "I want a teapot like this",
    ),
    ("香插", ""): ("想要香插", "有香插吗 想买", "出香插吗，想买一个", "求一个香插"),
    ("盖碗", "天青"): (
        "天青盖碗还有吗",
        "求天青盖碗补货",
        "想要天青盖碗",
        "天青色的盖碗补货吗",
        "等一个天青盖碗",
    ),
    ("花瓶", "霁蓝"): ("想要霁蓝花瓶", "霁蓝花瓶还有货吗", "霁蓝的花瓶求补货"),
}
LEADS = {
    "lead_wholesale": (
        "开民宿的，想批发200个杯子",
        "茶室要一百套能批发吗",
        "做代理怎么联系",
        "do you do wholesale for cafes?",
    ),
    "custom_order": (
        "可以刻字吗，公司年会用",
        "能定制logo吗",
        "想定制一套婚礼用的",
        "can you make a custom set for us",
    ),
    "lead_workshop": ("可以去体验拉坯吗", "周末能带孩子来做陶吗", "你们有体验课吗"),
    "lead_job": ("招学徒吗", "收徒弟吗 想学", "招人吗，我学陶艺的"),
}
CHATTER = (
    "太好看了",
    "釉色绝了",
    "這個釉色太美了",
    "手艺真好",
    "哈哈哈哈",
    "前排",
    "666",
    "beautiful work",
    "我心都碎了，太美",
    "这价格比金子便宜多了呢",
    "好想要，可惜钱包不允许",
    "不想要茶壶，家里够多了",
    "收到了，比图片还好看",
    "别家的裂了，你家的真结实",
    "这谁不爱啊",
)
ENDINGS = ("", "", "", "", "～", "！", "[捂脸]", "[玫瑰]", "😂", "🙏", "。。。", " 谢谢", "呀", " 在线等")
OPENINGS = ("", "", "", "", "老板 ", "主播 ", "请问", "姐姐 ", "那个，", "亲 ")
CONTACTS = ("，微信同号{phone}", " V❤{name}", "，加我 {phone}", " vx：{name}", "，电话{phone}")
ANSWERS = ("有的哦亲", "主页橱窗有链接", "可以的，放心用", "包邮的", "下周开窑，到时候通知大家")
ANSWERED = 0.4  # share of questions that the shop answers within a day


@dataclass(frozen=True)
class Written:
    """One remark: its id, the one it answers, who wrote it, text and moment (Beijing time)."""

    number: int
    answers: int | None
    author: int
    text: str
    at: datetime


@dataclass
class AudienceTruth:
    """What the remarks mean: open questions by topic, people by thing wanted, leads by kind, contacts, own replies."""

    open_questions: dict[str, set[int]] = field(default_factory=dict)
    people: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    leads: dict[str, set[int]] = field(default_factory=dict)
    contacts: dict[int, str] = field(default_factory=dict)
    own_replies: int = 0


def make_audience(
    now: datetime, remarks: int, seed: int = 7, days: int = 13
) -> tuple[list[Written], AudienceTruth]:
    """So many remarks of the `days` before a moment, in order of time, and the truth about them."""
    rng = random.Random(seed)
    truth = AudienceTruth()
    result: list[Written] = []
    for place in range(remarks):
        at = now - timedelta(seconds=rng.randrange(3_600, days * 86_400))
        number, author = 7_300_000_000_000_000_000 + place * 10, rng.randrange(remarks // 2 + 1)
        kind = rng.choices(("asked", "wanted", "lead", "chatter"), (35, 20, 8, 37))[0]
        if kind == "asked":
            result += _question(rng, truth, number, author, at, now)
        elif kind == "wanted":
            thing = rng.choice(tuple(WANTED))
            result.append(Written(number, None, author, _typed(rng, rng.choice(WANTED[thing])), at))
            truth.people.setdefault(thing, set()).add(author)
        elif kind == "lead":
            result.append(_lead(rng, truth, number, author, at))
        else:
            result.append(Written(number, None, author, rng.choice(CHATTER) + rng.choice(ENDINGS[:12]), at))
    return sorted(result, key=lambda item: (item.at, item.number)), truth


def _question(
    rng: random.Random, truth: AudienceTruth, number: int, author: int, at: datetime, now: datetime
) -> list[Written]:
    topic = rng.choice(tuple(QUESTIONS))
    question = Written(number, None, author, _typed(rng, rng.choice(QUESTIONS[topic])), at)
    answered_at = at + timedelta(minutes=rng.randrange(5, 900))
    if rng.random() >= ANSWERED or answered_at > now:
        truth.open_questions.setdefault(topic, set()).add(number)
        return [question]
    truth.own_replies += 1
    return [question, Written(number + 1, number, -1, rng.choice(ANSWERS), answered_at)]


def _lead(rng: random.Random, truth: AudienceTruth, number: int, author: int, at: datetime) -> Written:
    kind = rng.choice(tuple(LEADS))
    text = rng.choice(LEADS[kind])
    truth.leads.setdefault(kind, set()).add(number)
    if "杯子" in text:
        truth.people.setdefault(("杯", ""), set()).add(author)  # whoever buys many wants the thing, too
    if rng.random() < 0.5:
        phone = f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
        name = f"clay{rng.randrange(10**5):05d}"
        shape = rng.choice(CONTACTS)
        truth.contacts[number] = phone if "{phone}" in shape else name
        text += shape.format(phone=phone, name=name)
    return Written(number, None, author, text, at)


def _typed(rng: random.Random, words: str) -> str:
    """The words as somebody types them."""
    ending = rng.choice(ENDINGS)
    return f"{rng.choice(OPENINGS)}{words}{ending}"


def write_audience(path: Path, remarks: list[Written], language: str = "zh") -> Path:
    """Write the remarks in the long shape of comment files; in English (en) what they say is translated."""
    said = said_in_english if language == "en" else str
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for item in remarks:
            is_own = item.author < 0
            rows.writerow(
                (
                    f"\t{item.number}",
                    f"\t{item.answers}" if item.answers else "-",
                    f"\t{OWN_ID if is_own else 88_000_000_000 + item.author}",
                    said(OWN_NAME if is_own else f"茶友{item.author}"),
                    said(item.text),
                    f"{item.at:%Y-%m-%d %H:%M:%S}",
                    "0",
                    "0",
                )
            )
    return path
