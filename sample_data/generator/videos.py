"""Short videos of the studio: when they came out and the creator centre's works lists."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sample_data.generator import files
from sample_data.generator.catalog import FORMS, GLAZES
from sample_data.generator.clock import DAY, HOUR, beijing_text, seconds
from sample_data.generator.english.studio import in_english
from sample_data.generator.headers import DOUYIN_WORKS, DOUYIN_WORKS_SHORT

HOOKS = (
    "{glaze}{form}开窑的一瞬间",
    "一只{form}要过多少道手",
    "{glaze}是怎么烧出来的",
    "修坯声音太治愈了",
    "今天拉了四十只{form}",
    "这窑{glaze}烧坏了一半",
    "客人定做的{form}出窑了",
    "{form}怎么选大小",
    "景德镇的清晨 从揉泥开始",
    "把{glaze}{form}摔给你听",
    "釉料配方失败第七次",
    "{glaze}遇到冰天雪地",
)
TAGS = ("#景德镇 #陶瓷", "#手作 #茶器", "#开窑", "#瓷器 #治愈", "#拉坯")


@dataclass(frozen=True)
class Video:
    """One published work: its title, when it came out (wall-clock seconds) and its figures."""

    title: str
    published: int
    pictures: bool
    length: int
    views: int
    draws: tuple[float, ...]


def make_videos(start: date, days: int, now: int, seed: int, language: str = "zh") -> list[Video]:
    """Return the works of the range in order of time: about three a week, a few run away."""
    rng = np.random.default_rng([seed, 31])
    videos: list[Video] = []
    for day in np.flatnonzero(rng.random(days) < 0.42):
        draws = tuple(float(draw) for draw in rng.random(14))
        published = seconds(start) + int(day) * DAY + int((11 + 9 * draws[0]) * HOUR)
        if published <= now:
            videos.append(_video(published, len(videos), draws))
    return in_english(videos) if language == "en" else videos


def _video(published: int, number: int, draws: tuple[float, ...]) -> Video:
    hook = HOOKS[int(draws[1] * len(HOOKS))]
    words = hook.format(form=FORMS[number % len(FORMS)][1], glaze=GLAZES[number * 3 % len(GLAZES)][1])
    tag = TAGS[int(draws[2] * len(TAGS))]
    views = int(300 + 4_000 * draws[3] + (180_000 * draws[4] if draws[5] > 0.95 else 0))
    return Video(f"{words} {tag}", published, draws[6] > 0.9, int(9 + 80 * draws[7]), views, draws)


def write_videos(folder: Path, videos: list[Video]) -> dict[str, int]:
    """Write the works in two lists, the older half with fractions and the newer in words."""
    half = len(videos) // 2
    fractions = [_row(video, spoken=False) for video in videos[:half]]
    spoken = [_row(video, spoken=True) for video in videos[half:]]
    lists = {
        "douyin_works_older.csv": (DOUYIN_WORKS, fractions),
        "douyin_works_newer.csv": (DOUYIN_WORKS_SHORT, spoken),
    }
    return {name: files.write_rows(folder / name, header, rows) for name, (header, rows) in lists.items()}


def _row(video: Video, *, spoken: bool) -> list[object]:
    draws, views = video.draws, video.views
    finished, five, cover, leave = (
        0.04 + 0.2 * draws[8],
        0.3 + 0.3 * draws[9],
        0.02 + 0.1 * draws[10],
        0.15 + 0.3 * draws[11],
    )
    rates: list[object] = [_rate(rate, spoken) for rate in (finished, five, cover, leave)]
    if video.pictures:
        rates[0] = rates[1] = "-" if spoken else ""
    watched = round(video.length * (0.15 + 0.5 * draws[12]), 2)
    likes = int(views * (0.02 + 0.05 * draws[13]))
    counts = (likes, likes // 9, likes // 6, likes // 4, views // 60, views // 150)
    return [
        video.title,
        beijing_text(video.published),
        "图文" if video.pictures else "1min-视频" if video.length < 60 else "视频",
        "公开",
        _count(views, spoken),
        *rates,
        f"{watched:.0f}秒" if spoken else f"{watched:g}",
        *(_count(number, spoken) for number in counts),
    ]


def _rate(rate: float, spoken: bool) -> str:
    return f"{100 * rate:.1f}%" if spoken else f"{rate:.4f}"


def _count(number: int, spoken: bool) -> str:
    """Return a count, in newer lists rounded to 万 as the app shows it."""
    return f"{number / 10_000:.1f}万" if spoken and number >= 10_000 else str(number)
