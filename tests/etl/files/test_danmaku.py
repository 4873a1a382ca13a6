"""Remarks of live rooms in every form that recorders write: the author is only hashed, the second is the session's."""

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from etl.errors import PlatformWanted, SessionWanted
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


THROUGH_A_SPREADSHEET = """\
出现时间,弹幕类型,弹幕添加时间戳,用户ID,msg_id,弹幕内容
0,5,1768046400,5.43E+16,5.43E+16,合影留念
12.04,1,1768046412,5.43E+16,5.43E+16,多少钱
12.04,1,1768046412,5.43E+16,5.43E+16,多少钱
13,1,1768046413,5.43E+16,5.43E+16,
"""


def test_a_table_whose_ids_a_spreadsheet_rounded_keeps_each_line(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    path = tmp_path / "弹幕.csv"
    path.write_text(THROUGH_A_SPREADSHEET, "utf-8-sig")
    report = import_file(db, path, settings=DOUYIN)
    assert (report.read, report.stored, report.rejected) == (4, 3, 1)
    assert [reason.row for reason in report.reasons] == [5]
    assert rows("SELECT text, second, author_key FROM comment ORDER BY second, comment_id") == [
        ("合影留念", 0, None),
        ("多少钱", 12, None),
        ("多少钱", 12, None),
    ]
    assert import_file(db, path, settings={**DOUYIN, "session": "7001"}).stored == 3
    assert len(rows(REMARKS)) == 3


CLOCKS = "\ufefftime,user,content\n20:00:00,a,多少钱\n20:00:03,b,已下单\n19:59:40,c,来了\n"


def test_times_of_day_alone_are_placed_by_the_session_that_the_user_names(
    db: Database, rows: Any, tmp_path: Path, session_file: Path
) -> None:
    path = tmp_path / "弹幕.csv"
    path.write_text(CLOCKS, "utf-8")
    for settings in (DOUYIN, {**DOUYIN, "session": "7001"}):
        with pytest.raises(SessionWanted, match="20:00:00"):
            import_file(db, path, settings=settings)
    import_file(db, session_file)
    report = import_file(db, path, settings={**DOUYIN, "session": "7001"})
    assert (report.stored, report.rejected) == (3, 0)
    assert rows("SELECT text, second, written_at FROM comment ORDER BY written_at") == [
        ("来了", 0, START - 8),
        ("多少钱", 12, START + 12),
        ("已下单", 15, START + 15),
    ]


def test_times_of_day_alone_go_on_from_a_start_that_the_table_states(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    path = tmp_path / "弹幕.csv"
    path.write_text("开播时间,时间,昵称,弹幕\n2026-01-10 19:59:48,20:00:00,a,多少钱\n", "utf-8")
    import_file(db, path, settings=DOUYIN)
    assert rows(REMARKS) == [("多少钱", 12, START + 12, None)]


def test_each_record_of_a_log_that_broke_off_is_accounted_for(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    whole, _, last = LOGS["methods.jsonl"].rstrip().rpartition("\n")
    (tmp_path / "lines.jsonl").write_text(f"{whole}\n{last[:40]}\n{last}", "utf-8")
    (tmp_path / "list.json").write_text(LOGS["commands.json"].rstrip()[:-20], "utf-8")
    for name in ("lines.jsonl", "list.json"):
        report = import_file(db, tmp_path / name, settings=DOUYIN)
        assert [(reason.row, reason.code) for reason in report.reasons] == [(4, "BrokenRecord")]
    assert [text for text, *_ in rows(REMARKS)] == ["多少钱", "求链接"]  # the first is in both


RECORDED = """\
<?xml version="1.0" encoding="utf-8"?>
<i><chatserver>chat.bilibili.com</chatserver><BililiveRecorder version="2.18.0"/>
<BililiveRecorderRecordInfo roomid="1" title="开窑" start_time="2026-01-10T19:59:48.1494083+08:00"/>
<gift ts="3.1" user="canary" giftname="辣条" giftcount="1"/>
<d p="12.009,1,25,16777215,0,0,123,0" user="canary甲" raw='[[0,1],"多少钱 > 50",[123]]'>多少钱 &gt; 50</d>
<sc ts="15.5" user="canary乙" price="30" time="60">下单了</sc><d p="16.0,1,25,16777215,0,0,123,0" user="c">求链"""


def test_a_recorder_s_file_is_placed_by_the_start_that_it_states(
    db: Database, rows: Any, tmp_path: Path
) -> None:
    (tmp_path / "录制.xml").write_text(RECORDED, "utf-8")
    report = import_file(db, tmp_path / "录制.xml", settings=DOUYIN)
    assert (report.read, report.stored, report.reasons[0].code) == (3, 2, "BrokenRecord")
    assert rows(REMARKS) == [("多少钱 > 50", 12, START + 12, None), ("下单了", 15, START + 15, None)]


@pytest.mark.proof
@pytest.mark.skipif("REAL_DANMAKU" not in os.environ, reason="REAL_DANMAKU names no folder of recordings")
def test_each_line_of_real_recordings_is_accounted_for(db: Database, rows: Any) -> None:
    """Every CSV of the folder: its records, read by the standard library, are stored or have a reason."""
    for path in sorted(Path(os.environ["REAL_DANMAKU"]).glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = sum(1 for row in csv.reader(file) if any(row)) - 1
        before = len(rows(REMARKS))
        report = import_file(db, path, settings=DOUYIN)
        assert report.read == lines == report.stored + report.unchanged + report.rejected
        assert len(rows(REMARKS)) - before == report.stored
        assert report.rejected <= lines // 100, report.reasons[:5]
