"""The shortcut: where each system keeps its own, and that what it starts is this program."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.commands.shortcut import install, link_script, shortcut_path


@pytest.mark.parametrize(
    ("system", "ends"),
    [
        ("win32", "Microsoft/Windows/Start Menu/Programs/Kilnboard.lnk"),
        ("darwin", "Applications/Kilnboard.command"),
        ("linux", "applications/kilnboard.desktop"),
    ],
)
def test_each_system_has_its_place(
    system: str, ends: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("APPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    path = shortcut_path(system, tmp_path)
    assert path.as_posix().endswith(ends) and path.is_relative_to(tmp_path)


def test_the_desktop_entry_is_written_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    result = CliRunner().invoke(root_command(), ["install-shortcut"], catch_exceptions=False)
    entry = tmp_path / "applications" / "kilnboard.desktop"
    assert result.exit_code == 0 and str(entry) in result.output
    assert "-m kilnboard open" in entry.read_text("utf-8")


def test_the_command_file_starts_this_program(tmp_path: Path) -> None:
    path = tmp_path / "Kilnboard.command"
    install(path)
    started = path.read_text("utf-8").replace("kilnboard open", "kilnboard --version")
    path.write_text(started, "utf-8")
    assert "kilnboard" in subprocess.run([path], capture_output=True, text=True, check=True).stdout.lower()


def test_a_quote_in_a_path_stays_inside_its_text() -> None:
    script = link_script(Path("C:/Users/O'Neill/Kilnboard.lnk"))
    assert "O''Neill" in script and script.count("'") % 2 == 0
