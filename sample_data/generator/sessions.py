"""Live sessions: two to five evenings a week, when most of the shop's orders come in."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sample_data.generator import files, headers
from sample_data.generator.clock import DAY, HOUR, MINUTE, beijing_text, seconds
from sample_data.generator.columns import Floats, Ints, Mask
from sample_data.generator.english.studio import in_english
from sample_data.generator.seasonality import is_closed

ANCHOR = "窑边小陈"
TITLES = (
    "开窑啦！新一窑青瓷现场挑",
    "手作主人杯 一杯一色",
    "茶席搭配 现场讲泥料",
    "孤品专场 只此一件",
    "拉坯直播 聊聊釉色",
    "返场福利 微瑕捡漏",
    "釉里红出窑 看看脸色",
)
TITLE = 2  # its place in a row
# A session may pass midnight, and a buyer may pay a little later still: at most this long.
LATEST = 3 * HOUR
SLOT_WEEKS = 5


@dataclass(frozen=True)
class Sessions:
    """The sessions of the range, one entry each, in order of time (wall-clock seconds).

    `of_day` is the index of the session that begins on a day of the range, or -1.
    """

    number: Ints
    start: Ints
    end: Ints
    of_day: Ints


def _weekly_days(rng: np.random.Generator, open_days: Mask) -> Ints:
    """Pick two to five of a week's days, evenings near the weekend first."""
    liking = rng.random(7) + np.array([0.1, 0.3, 0.2, 0.4, 0.6, 0.8, 0.5])
    liking[~open_days] = -1
    wanted = 2 + int(rng.random() * 3 + rng.random())
    return np.sort(np.argsort(-liking)[: min(wanted, int(open_days.sum()))])


def slot_days(days: int) -> Ints:
    """Return the last day of a range and the same weekday of the weeks before: the days of a weekly session."""
    return np.arange(days - 1, -1, -7)[:SLOT_WEEKS]


def session_days(start: date, days: int, seed: int, *, slot: bool = False) -> Mask:
    """Return for each day of the range whether a session begins on it; with `slot` on the slot days in any case."""
    rng = np.random.default_rng([seed, 21])
    live = np.zeros(days + 14, dtype=bool)
    monday = -start.weekday()
    for week in range(monday, days, 7):
        dates = [start + timedelta(days=week + place) for place in range(7)]
        chosen = _weekly_days(rng, np.array([not is_closed(day) for day in dates])) + week
        live[chosen[chosen >= 0]] = True
    if slot:
        live[slot_days(days)] = True
    return live[:days]


def plan_sessions(
    start: date, live: Mask, may_pass_midnight: Mask, seed: int, *, on_air: int = 0
) -> Sessions:
    """Return when each session begins and ends: evenings, two to four hours.

    `on_air` is when the session of the last day began that is going on (0: none); so do the sessions of the slot days.
    """
    rng = np.random.default_rng([seed, 22])
    day = np.flatnonzero(live)
    opening = 19 * HOUR + (rng.random(len(day)) * 9).astype(np.int64) * 15 * MINUTE
    length = 2 * HOUR + (rng.random(len(day)) * 2 * HOUR).astype(np.int64)
    begin = seconds(start) + day * DAY + opening
    if on_air:
        in_slot = np.isin(day, slot_days(len(live)))
        begin = np.where(in_slot, seconds(start) + day * DAY + on_air % DAY, begin)
    midnight = seconds(start) + (day + 1) * DAY
    end = np.where(may_pass_midnight[day], begin + length, np.minimum(begin + length, midnight - 300))
    of_day = np.full(len(live), -1, dtype=np.int64)
    of_day[day] = np.arange(len(day))
    number = 7_450_000_000_000_000_000 + begin * 100_000_007
    return Sessions(number, begin, end, of_day)


def write_sessions(
    path: Path, sessions: Sessions, sold: Ints, orders: Ints, *, until: int, seed: int, language: str = "zh"
) -> int:
    """Write the sessions that ended before `until`; `sold` is the GMV of each in fen."""
    rng = np.random.default_rng([seed, 23])
    ended = np.flatnonzero(sessions.end < until)
    rows = [
        _row(sessions, int(session), int(sold[session]), int(orders[session]), rng.random(8))
        for session in ended
    ]
    if language == "en":
        for row in rows:
            row[TITLE] = in_english(row[TITLE])
    return files.write_rows(path, headers.DOUYIN_SESSIONS, rows)


def _row(sessions: Sessions, session: int, sold: int, orders: int, draws: Floats) -> list[object]:
    length = int(sessions.end[session] - sessions.start[session])
    views = int(orders * (30 + 40 * draws[0]) + 200 + 400 * draws[1])
    viewers = int(views * (0.68 + 0.1 * draws[2]))
    watched = int(45 + 120 * draws[3])
    average = max(views * watched // length, 1)
    return [
        ANCHOR,
        f"\t{sessions.number[session]}",
        TITLES[int(draws[4] * len(TITLES))],
        beijing_text(int(sessions.start[session])),
        beijing_text(int(sessions.end[session])),
        f"{length // HOUR}小时{length % HOUR // MINUTE}分{length % MINUTE}秒",
        int(average * (1.6 + draws[5])) + 1,
        average,
        int(viewers * (5 + 4 * draws[6])),
        viewers,
        views,
        int(viewers * 0.02 * (0.5 + draws[7])),
        f"{watched}秒",
        int(views * (0.03 + 0.05 * draws[1])),
        int(views * (0.8 + 3 * draws[2])),
        int(views * 0.01 * draws[3]),
        min(int(orders * (3 + 3 * draws[5])) + 10, viewers),
        f"{sold // 100}.{sold % 100:02d}",
    ]
