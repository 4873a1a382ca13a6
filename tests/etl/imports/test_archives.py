"""ZIP archives that cannot be unpacked: each way ends in an error that says what to do."""

import zipfile
from pathlib import Path

import pytest

from dashboard.ui.upload import UploadOutcome
from etl.errors import DamagedFile, LockedFile, UnsupportedArchive, WrongPassword
from etl.imports.archive import unpacked
from etl.imports.importer import import_file

METHOD = (10, 8)  # where in a member and, 2 later, in its entry of the directory the method stands
FLAGS = (6, 6)


def archive(path: Path, changes: dict[tuple[int, int], int]) -> Path:
    """An archive of one table with numbers of its two headers changed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("orders.csv", "订单号,金额\n1,2.00\n" * 50)
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\1\2")
    for (member, entry), number in changes.items():
        content[member : member + 2] = number.to_bytes(2, "little")
        content[directory + entry + 2 : directory + entry + 4] = number.to_bytes(2, "little")
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("changes", "password", "error"),
    [
        ({METHOD: 9}, None, UnsupportedArchive),  # Deflate64
        ({METHOD: 99, FLAGS: 1}, "right", UnsupportedArchive),  # AES, as WinZip and 7-Zip write it
        ({FLAGS: 1}, None, LockedFile),
        ({FLAGS: 1}, "wrong", WrongPassword),
    ],
)
def test_an_archive_that_does_not_unpack_says_why(tmp_path, changes, password, error):
    path = archive(tmp_path / "orders.zip", changes)
    with pytest.raises(error) as raised, unpacked(path, path.name, password):
        pass
    assert type(raised.value) is error


def test_an_archive_cut_in_its_data_is_damaged(tmp_path):
    path = archive(tmp_path / "orders.zip", {})
    content = bytearray(path.read_bytes())
    content[45:60] = bytes(15)
    path.write_bytes(content)
    with pytest.raises(DamagedFile), unpacked(path, path.name, None):
        pass


def test_what_one_file_leaves_open_is_answered_for_that_file_alone(db, rows, tmp_path):
    """A list of works without its platform next to one that names it: the answer is about the first alone."""
    works = "作品名称,发布时间,播放量,点赞量,评论量\n开窑,2026-02-03 20:00:00,{},10,1\n"
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("作品.csv", works.format(100))
        file.writestr("抖音作品.csv", works.format(200))
    before = UploadOutcome(path.name, import_file(db, path))
    assert (before.question, before.open_member[0]) == ("platform", "作品.csv")
    answers = before.answered("kuaishou")
    assert answers == {"members": {"作品.csv": {"platform": "kuaishou"}}}
    after = UploadOutcome(path.name, import_file(db, path, settings=answers), answers=answers)
    assert (after.question, after.open_member) == ("", None)
    assert rows("SELECT platform, views FROM video ORDER BY platform") == [("douyin", 200), ("kuaishou", 100)]
