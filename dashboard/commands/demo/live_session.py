"""The demo's live session: what comes in while the dashboard is open is imported as files, until the session ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.i18n.messages import t
from shop.core.errors import ShopError

if TYPE_CHECKING:
    from sample_data.generator.on_air import OnAir
    from sample_data.generator.plan import Plan

EVERY_SECONDS = 30
FOLDER = "on_air"
MINUTES = """
name = "live_minutes"
table = "live_minute"
[constants]
platform = "douyin"
currency = "CNY"
[columns]
session_id = "直播间ID"
minute_at = "分钟"
viewers = "在线人数"
views = "进入人次"
product_clicks = "商品点击"
[dates]
order = "ymd"
time_zone = "Asia/Shanghai"
"""


@contextmanager
def live_session(url: str, folder: Path, plan: Plan) -> Iterator[None]:
    """Import the session so far, and from a thread what comes in meanwhile."""
    from sample_data.generator.on_air import OnAir

    on_air, done, shown = OnAir(plan), threading.Event(), t("demo.on_air_file")
    import_stretch(url, folder / FOLDER, on_air, on_air.evening.start, plan.now, shown)
    thread = threading.Thread(target=_go_on, args=(url, folder / FOLDER, on_air, done, shown), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _go_on(url: str, folder: Path, on_air: OnAir, done: threading.Event, shown: str) -> None:
    from sample_data.generator.clock import wall

    upto = on_air.plan.now
    while upto < on_air.evening.end and not done.wait(EVERY_SECONDS):
        now = min(wall(int(time.time())), on_air.evening.end)
        try:
            import_stretch(url, folder, on_air, upto, now, shown)
        except ShopError:
            continue  # another import runs, or the file is away: with the next one
        upto = now


def import_stretch(
    url: str, folder: Path, on_air: OnAir, since: int, until: int, shown: str | None = None
) -> None:
    """Import what came in between two moments (wall-clock seconds of the studio), as a user would, by one name."""
    from etl.imports.importer import import_file
    from etl.imports.marks_file import import_marks
    from etl.profiles.kind import kind_of
    from etl.profiles.model import read
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.streams.session import find_session

    number = str(on_air.evening.number)
    given = {"sessions": {"platform": "douyin"}, "remarks": {"session": number, "platform": "douyin"}}
    db = connect(url)
    try:
        for name, path in on_air.write(folder, since, until).items():
            if name == "marks":
                import_marks(db, find_session(db, number, "douyin"), path, actor=OWNER)
            else:
                kind = kind_of(read(MINUTES, path.name)) if name == "minutes" else None
                import_file(db, path, name=shown, kind=kind, settings=given.get(name))
    finally:
        db.close()
