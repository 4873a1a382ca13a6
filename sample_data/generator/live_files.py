"""Files about the last live sessions of a practice shop: remarks with their second, marks, advertising, and the truth.

Presentations follow each other; each raises the rate of remarks and of orders by a known factor for some minutes,
some not at all.
`live_truth.json` has of each session its `presentations` (second, item, factor, seconds) and `remarks`, and under
`spend` the cents of each day. Equal arguments give equal files.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from sample_data.generator import files
from sample_data.generator.clock import beijing_text, text_of, unix
from sample_data.generator.columns import Floats
from sample_data.generator.plan import Plan

SESSIONS = 4
FOLDER = "live"
TRUTH = "live_truth.json"
FACTORS = (1.0, 1.0, 1.8, 2.6, 3.5)
MARK_HEADERS = ("时间", "动作", "商品")
LASTS = 300  # seconds that a presentation raises the rate
PER_MINUTE = (4.0, 9.0)
TEXTS = (
    "{item}多大",
    "{item}多少钱",
    "{item}啥价啊",
    "想要{item}",
    "{item}来一个",
    "{item}还有吗",
    "{item}链接发一下",
    "刚才{item}再看看",
    "{item}好看",
    "这个釉色好看",
    "还有吗",
    "可以微波炉吗",
    "能装多少水",
    "什么时候开窑",
    "主播晚上好",
    "第一次来",
    "拍了",
    "包邮吗",
    "几号链接",
    "有没有大一点的",
    "手真稳",
    "哈哈哈哈",
)
TEXTS_IN_ENGLISH = (
    "how big is {item}",
    "how much is {item}",
    "price on {item}?",
    "I want {item}",
    "is {item} still available",
    "link for {item} please",
    "can you show {item} again",
    "{item} is gorgeous",
    "love this glaze",
    "any left?",
    "is it microwave safe?",
    "how much does it hold",
    "when do you open the kiln?",
    "good evening",
    "first time here",
    "bought it",
    "is shipping free?",
    "which link is it",
    "do you have a bigger one?",
    "such steady hands",
    "lol",
)


@dataclass(frozen=True)
class Presentation:
    """One presentation: its second, the SKU shown, what people call it, and by what it raised the rate."""

    second: int
    sku: str
    names: tuple[str, ...]
    factor: float


@dataclass(frozen=True)
class LiveEvening:
    """One session with its presentations and remarks (second, author, text) in order of time."""

    number: int
    start: int
    end: int
    presentations: tuple[Presentation, ...]
    remarks: tuple[tuple[int, int, str], ...]

    @property
    def stem(self) -> str:
        """What its files are called: the moment of its start, as recorders name them."""
        return beijing_text(self.start).replace("-", "").replace(":", "").replace(" ", "_")


def evenings(plan: Plan, count: int = SESSIONS) -> list[LiveEvening]:
    """Return the last sessions that ended before the moment of export."""
    ended = np.flatnonzero(plan.sessions.end < plan.now)[-count:]
    return [evening_of(plan, int(place)) for place in ended]


def evening_of(plan: Plan, place: int) -> LiveEvening:
    """Return one session of the plan with its presentations and remarks."""
    rng = np.random.default_rng([plan.seed, 81, place])
    start, end = int(plan.sessions.start[place]), int(plan.sessions.end[place])
    length = end - start
    presentations = _presentations(rng, plan, length)
    rates = _rates(rng, length, presentations)
    seconds = np.repeat(np.arange(length), rng.poisson(rates))
    authors = rng.integers(1, 400, len(seconds))
    texts = TEXTS_IN_ENGLISH if plan.language == "en" else TEXTS
    choice = rng.integers(0, len(texts), len(seconds))
    naming = rng.random(len(seconds))
    shown = _shown(presentations, length, ("that one",) if plan.language == "en" else ("那个",))
    remarks = tuple(
        (int(second), int(author), texts[int(word)].format(item=_one(shown[int(second)], draw)))
        for second, author, word, draw in zip(seconds, authors, choice, naming, strict=True)
    )
    return LiveEvening(int(plan.sessions.number[place]), start, end, tuple(presentations), remarks)


def order_rates(plan: Plan, count: int = SESSIONS) -> dict[int, Floats]:
    """Return for the last sessions, by their place, by how much each second's rate of orders is raised."""
    result = {}
    for place in np.flatnonzero(plan.sessions.end < plan.now)[-count:]:
        rng = np.random.default_rng([plan.seed, 81, int(place)])
        length = int(plan.sessions.end[place] - plan.sessions.start[place])
        result[int(place)] = _raised(np.ones(length), _presentations(rng, plan, length))
    return result


def _presentations(rng: np.random.Generator, plan: Plan, length: int) -> list[Presentation]:
    presentations = []
    at = int(rng.integers(300, 700))
    while at < length - LASTS - 120:
        variant = plan.catalog.variants[int(rng.integers(0, len(plan.catalog.variants)))]
        presentations.append(
            Presentation(at, variant.sku, variant.called(plan.language), float(rng.choice(FACTORS)))
        )
        at += int(rng.integers(480, 900))
    return presentations


def _raised(rates: Floats, presentations: list[Presentation]) -> Floats:
    for item in presentations:
        rates[item.second : item.second + LASTS] *= item.factor
    return rates


def _rates(rng: np.random.Generator, length: int, presentations: list[Presentation]) -> Floats:
    """Return the expected remarks of each second: a slow wave, raised by each presentation."""
    wave = 1 + 0.3 * np.sin(np.linspace(0, np.pi * rng.uniform(1, 3), length))
    return _raised(np.asarray(rng.uniform(*PER_MINUTE) / 60 * wave), presentations)


def _shown(presentations: list[Presentation], length: int, before: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the names of what was shown last at each second, and of something before the first presentation."""
    shown = [before] * length
    for item in presentations:
        shown[item.second :] = [item.names] * (length - item.second)
    return shown


def _one(names: tuple[str, ...], draw: float) -> str:
    return names[int(draw * len(names))]


def write_live_files(folder: Path, plan: Plan, count: int = SESSIONS) -> dict[str, Any]:
    """Write the files into `folder`/live and return the truth about them."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    truth: dict[str, Any] = {"sessions": {}, "spend": {}}
    for number, evening in enumerate(evenings(plan, count)):
        name = f"danmaku_{evening.stem}"
        (_write_xml, _write_json, _write_csv)[number % 3](place, name, evening)
        marks = mark_rows(evening, evening.presentations)
        files.write_rows(place / f"marks_{evening.number}.csv", MARK_HEADERS, marks)
        truth["sessions"][str(evening.number)] = {
            "file": name,
            "remarks": len(evening.remarks),
            "presentations": [
                {"second": item.second, "item": item.sku, "factor": item.factor, "seconds": LASTS}
                for item in evening.presentations
            ],
        }
        rng = np.random.default_rng([plan.seed, 82, number])
        truth["spend"][text_of(evening.start)[:10]] = int(rng.integers(8_000, 60_000))
    rows = [(day, f"{cents / 100:.2f}", "2001", "1200") for day, cents in truth["spend"].items()]
    files.write_rows(place / "qianchuan.csv", ("日期", "消耗(元)", "账户ID", "展示次数"), rows)
    (place / TRUTH).write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")
    return truth


def mark_rows(evening: LiveEvening, shown: Iterable[Presentation]) -> list[tuple[str, str, str]]:
    """Return the presentations as a live assistant logs them, on the studio's clock."""
    return [(text_of(evening.start + item.second)[11:], "讲解", item.sku) for item in shown]


def _write_xml(folder: Path, name: str, evening: LiveEvening) -> None:
    lines = [
        f'<d p="{second}.0,1,25,16777215,{unix(evening.start + second) * 1000},0,{author},0" user="u{author}">'
        f"{escape(words)}</d>"
        for second, author, words in evening.remarks
    ]
    content = '<?xml version="1.0" encoding="utf-8"?>\n<i>\n' + "\n".join(lines) + "\n</i>\n"
    (folder / f"{name}.xml").write_text(content, "utf-8")


def _write_json(folder: Path, name: str, evening: LiveEvening) -> None:
    rows = (
        {"user_id": str(author), "content": words, "timestamp": unix(evening.start + second)}
        for second, author, words in evening.remarks
    )
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def _write_csv(folder: Path, name: str, evening: LiveEvening) -> None:
    files.write_rows(folder / f"{name}.csv", ("时间", "用户昵称", "弹幕内容"), list(_clocked(evening)))


def _clocked(evening: LiveEvening) -> Iterator[tuple[str, str, str]]:
    for second, author, words in evening.remarks:
        yield beijing_text(evening.start + second), f"u{author}", words
