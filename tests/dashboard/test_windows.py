"""Windows as far as another system can tell: consoles in older encodings, drive letters, modules that are not there."""

import ast
import io
import re
import sys
from pathlib import Path

import pytest

from dashboard.cli import main
from shop.db.database import UnsupportedDatabase, as_path
from tests.support.fresh import empty_shop_file

ROOT = Path(__file__).parents[2]
PACKAGES = ("shop", "etl", "dashboard", "sample_data", "kilnboard")
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "select", "syslog", "termios", "tty"}
POSIX_CALLS = re.compile(
    r"\bos\.(fork|killpg|getuid|setsid|uname|sysconf|statvfs)\b|\bsignal\.(SIGKILL|SIGHUP|alarm)\b"
)
FOLDERS = (
    "C:\\Users\\陈师傅\\窑 看板\\shop.db",
    "D:/studio/shop.db",
    "C://studio/shop.db",
    "\\\\NAS\\share\\shop.db",
)


@pytest.mark.parametrize("encoding", ["cp936", "cp437"])
def test_a_console_of_an_older_encoding_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """What the encoding lacks becomes a question mark; nothing fails."""
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    for language, *arguments in (
        ("zh", "--help"),
        ("zh", "status"),
        ("zh", "metrics"),
        ("en", "report", "gmv"),
        ("zh", "import", "没有.csv"),
    ):
        console = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
        monkeypatch.setattr(sys, "stdout", console)
        monkeypatch.setattr(sys, "stderr", console)
        monkeypatch.setattr(sys, "argv", ["kilnboard", f"--lang={language}", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        console.flush()
        written = console.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
        assert written.strip() and ended.value.code in (0, 1, 2, None), arguments
        assert encoding != "cp936" or arguments != ["--help"] or "窑看板" in written


@pytest.mark.parametrize("path", [*FOLDERS, "E:\\" + "很长的名字" * 60 + ".db"])
def test_a_path_with_a_drive_is_no_url(path: str) -> None:
    assert as_path(path).name.endswith(path.rpartition("/")[2])


@pytest.mark.parametrize("url", ["mysql://me:secret@host/shop", "https://host/shop.db"])
def test_a_url_of_another_kind_is_still_refused(url: str) -> None:
    with pytest.raises(UnsupportedDatabase) as refusal:
        as_path(url)
    assert "secret" not in str(refusal.value)


def test_the_command_file_has_the_line_ends_of_its_system() -> None:
    content = (ROOT / "kilnboard.cmd").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") > 1
    for line in (b"-m kilnboard open", b"-m kilnboard %*"):  # a double click, and a command
        assert line + b"\r\n" in content


def test_nothing_that_only_posix_has_is_imported_at_the_top_of_a_file() -> None:
    wrong = []
    for path in (path for name in PACKAGES for path in (ROOT / name).rglob("*.py")):
        source = path.read_text("utf-8")
        for node in ast.parse(source).body:
            names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if POSIX_ONLY & {name.partition(".")[0] for name in names}:
                wrong.append(f"{path}: {names}")
        wrong += [f"{path}: {call[0]}" for call in POSIX_CALLS.finditer(source)]
    assert wrong == []
