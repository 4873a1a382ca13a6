"""Remarks of live rooms in every form that recorders write: the author is only hashed, the second is the session's."""

from pathlib import Path
from typing import Any

import pytest

from etl.errors import PlatformWanted
from etl.imports.importer import import_file
from shop.db.database import Database

CASE = Path(__file__).parents[2] / "data" / "cases" / "62-danmaku-bilibili-xml"
START = 1768046388  # 2026-01-10 19:59:48 in Beijing: twelve seconds before the first remark
DOUYIN = {"platform": "douyin"}
REMARKS = "SELECT text, second, written_at, session_id FROM comment ORDER BY written_at, comment_id"
SESSION = "直播间ID,直播标题,开播时间,关播时间,直播时长,千次观看成交金额,直播间观看人数\n"
SESSION += "7001,开窑,2026-01-10 19:59:48,2026-01-10 21:00:00,1小时,1.00,100\n"


@pytest.fixture
def rows(db: Database) -> Any:
    """Rows by the database's own driver: two SQLite libraries must not hold one file between writes."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        with db.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    return rows


@pytest.fixture
def session_file(tmp_path: Path) -> Path:
    path = tmp_path / "抖音直播.csv"
    path.write_text(SESSION, "utf-8-sig")
    return path


@pytest.mark.parametrize(
    ("name", "remarks"),
    [
        ("danmaku.xml", [("多少钱", 12, 1768046400, None), ("下单了", 15, 1768046403, None)]),
        ("danmu.json", [("多少钱", None, 1768046400, None)]),
        ("danmu.jsonl", [("多少钱", None, 1768046400, None), ("下单了", None, 1768046403, None)]),
        ("recorder.csv", [("多少钱", None, 1768046400, None), ("下单了", None, 1768046403, None)]),
        ("danmaku.ass", [("多少钱", 12, None, None)]),
        ("danmu.srt", [("多少钱", 12, None, None)]),
    ],
)
def test_every_form_is_read_without_its_authors(db: Database, rows: Any, name: str, remarks: Any) -> None:
    assert import_file(db, CASE / name, settings=DOUYIN).rejected == 0
    assert rows(REMARKS) == remarks
    stored = b"".join(path.read_bytes() for path in db.path.parent.glob("shop.db*"))
    assert b"canary" not in stored and "canary甲".encode() not in stored


LOGS = {
    "events.jsonl": """\
{"type":"chat","time":1768046400123,"user":{"id":"4242","name":"canary甲"},"content":"多少钱"}
{"type":"gift","time":1768046401123,"user":{"id":"4243","name":"canary"},"gift":"小心心","count":1}
{"type":"enter","time":1768046402000,"user":{"id":"4244","name":"canary"}}
{"type":"chat","time":1768046403000,"user":{"id":"4245","name":"canary"},"content":"求链接"}
""",
    "methods.jsonl": """\
{"method":"WebcastChatMessage","timestamp":"2026-01-10 20:00:00","user_id":"4242","nickname":"b","content":"多少钱"}
{"method":"WebcastMemberMessage","timestamp":"2026-01-10 20:00:01","user_id":"4243","nickname":"canary"}
{"method":"WebcastChatMessage","timestamp":"2026-01-10 20:00:03","user_id":"4.2E+15","nickname":"b","content":"求链接"}
""",
    "commands.json": """\
[{"cmd":"DANMU_MSG","timestamp":1768046400000,"uid":4242,"uname":"canary甲","msg":"多少钱"},
{"cmd":"SEND_GIFT","timestamp":1768046401000,"uid":4243,"uname":"canary","gift_name":"辣条","num":1},
{"cmd":"DANMU_MSG","timestamp":1768046403000,"uid":4244,"uname":"canary","msg":"求链接"}]
""",
    "table.csv": """\
时间,用户ID,昵称,类型,内容
2026-01-10 20:00:00,4242,canary甲,弹幕,多少钱
2026-01-10 20:00:01,4243,canary,礼物,小心心x1
2026-01-10 20:00:03,4245,canary,弹幕,求链接
""",
}


@pytest.mark.parametrize("name", LOGS)
def test_gifts_and_arrivals_in_a_log_are_no_remarks(
    db: Database, rows: Any, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text(LOGS[name], "utf-8")
    report = import_file(db, tmp_path / name, settings=DOUYIN)
    assert (report.stored, report.rejected) == (2, 0)
    assert rows("SELECT text, written_at FROM comment ORDER BY written_at") == [
        ("多少钱", 1768046400),
        ("求链接", 1768046403),
    ]


@pytest.mark.parametrize("session_first", [True, False])
def test_a_remark_joins_the_session_that_ran_whichever_came_first(
    db: Database, rows: Any, session_file: Path, session_first: bool
) -> None:
    files = [session_file, CASE / "danmu.jsonl"]
    for file in files if session_first else reversed(files):
        import_file(db, file, settings=DOUYIN)
    assert rows(REMARKS) == [("多少钱", 12, START + 12, "7001"), ("下单了", 15, START + 15, "7001")]


def test_seconds_get_their_moment_from_the_session_that_the_user_names(
    db: Database, rows: Any, session_file: Path
) -> None:
    import_file(db, CASE / "danmu.srt", settings={**DOUYIN, "session": "7001"})
    assert rows(REMARKS) == [("多少钱", 12, None, "7001")]
    import_file(db, session_file)
    assert rows(REMARKS) == [("多少钱", 12, START + 12, "7001")]


def test_seconds_get_their_moment_from_the_name_of_the_file(db: Database, rows: Any, tmp_path: Path) -> None:
    path = tmp_path / "抖音_2026-01-10_19-59-48.srt"
    path.write_bytes((CASE / "danmu.srt").read_bytes())
    import_file(db, path)
    assert rows(REMARKS) == [("多少钱", 12, START + 12, None)]


@pytest.mark.parametrize(
    ("name", "clocks", "placed"),
    [
        ("弹幕.csv", ("00:12", "1:02:03.5"), [(12, None), (3723, None)]),
        ("20260110_195948.csv", ("00:00:12", "00:10:03"), [(12, START + 12), (603, START + 603)]),
        ("20260110_235948.csv", ("23:59:58", "00:00:03"), [(10, START + 14_410), (15, START + 14_415)]),
    ],
)
def test_a_time_of_day_alone_counts_from_the_start_or_goes_on_from_it(
    db: Database, rows: Any, tmp_path: Path, name: str, clocks: tuple[str, str], placed: list[Any]
) -> None:
    path = tmp_path / name
    path.write_text("time,user,content\n{},a,多少钱\n{},b,已下单\n".format(*clocks), "utf-8")
    report = import_file(db, path, settings=DOUYIN)
    assert (report.rejected, report.lacks_session) == (0, name == "弹幕.csv")
    assert rows("SELECT second, written_at FROM comment ORDER BY second") == placed


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    path = tmp_path / "danmaku.xml"
    path.write_bytes((CASE / "danmaku.xml").read_bytes()[:-30])
    import_file(db, path, settings=DOUYIN)
    assert [text for text, *_ in rows(REMARKS)] == ["多少钱"]


def test_the_platform_is_required_where_nothing_names_it(db: Database, rows: Any, tmp_path: Path) -> None:
    with pytest.raises(PlatformWanted):
        import_file(db, CASE / "danmaku.xml")
    named = tmp_path / "快手 danmaku.xml"
    named.write_bytes((CASE / "danmaku.xml").read_bytes())
    import_file(db, named)
    assert rows("SELECT DISTINCT platform FROM comment") == [("kuaishou",)]
