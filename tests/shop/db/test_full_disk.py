"""A disk without a byte left, a small file system of its own: words, nothing lost, and no half copy that fills it.

The file system is mounted in a namespace of its own; that needs Linux and the right to make one.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shop.connect import connect
from tests.support.fresh import empty_shop_file

ROOT = Path(__file__).parents[3]
MOUNTED = ("unshare", "--mount", "--map-root-user", "sh", "-c")
MOUNT = 'mount -t tmpfs -o size=24m tmpfs "$0" && cd "$0" && exec "$@"'
STORY = """
import json, sys
from contextlib import suppress
from pathlib import Path
from shop.access.roles import OWNER
from shop.connect import connect
from shop.core.errors import ShopError
from shop.db.backup import backup, restore
from shop.salvage import salvage

disk = Path.cwd()
place, good, filler = disk / "窑 100% shop.db", disk / "good.db", disk / "filler"
source = Path(sys.argv[1])
place.write_bytes(source.read_bytes())
db = connect(str(place))
backup(db, good)

def refused(work):
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(b"0" * 4096):
            pass
    try:
        work()
    except ShopError as problem:
        return [problem.code, Path(problem.details["path"]).name]
    return []

def write():
    with db.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('much', zeroblob(9000000))")

def version():
    with db.read() as connection:
        return connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'data_version'").scalar()

before = version()
seen = {
    "backup": refused(lambda: backup(db, disk / "copy.db")),
    "salvage": refused(lambda: salvage(place, actor=OWNER)),
    "restore": refused(lambda: restore(good, place, connect, anyway=True)),
    "write": refused(write),
    "read": refused(version),
}
db.close()
seen["open"] = refused(lambda: connect(str(place)))
seen["left"] = [path.name for path in disk.rglob("*.partial*")]
filler.unlink()
db = connect(str(place))
seen["kept"] = version() == before
restore(good, place, connect, anyway=True)
print(json.dumps(seen))
"""


def on_a_small_disk(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MOUNTED, MOUNT, str(folder), *words],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )


@pytest.mark.sqlite_file("fills the pages of a file or its disk")
def test_a_disk_without_a_byte_left_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    folder, shop = tmp_path / "disk", empty_shop_file(tmp_path / "shop.db")
    folder.mkdir()
    db = connect(str(shop))
    with db.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('name', 'mine')")
    db.close()
    if shutil.which("unshare") is None or on_a_small_disk(folder, "true").returncode:
        pytest.skip("a file system of its own cannot be mounted here")
    done = on_a_small_disk(folder, sys.executable, "-c", STORY, str(shop))
    assert done.returncode == 0, done.stderr[-2_000:]
    seen = json.loads(done.stdout)
    assert seen.pop("salvage")[0] == "DiskFull"
    assert seen == {
        "backup": ["DiskFull", "copy.db"],
        "restore": ["DiskFull", "窑 100% shop.db"],
        "write": ["DiskFull", "窑 100% shop.db"],
        "open": ["DiskFull", "窑 100% shop.db"],
        "read": [],
        "left": [],
        "kept": True,
    }
