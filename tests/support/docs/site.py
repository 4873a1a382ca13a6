"""Build the documentation site, strictly: python -m tests.support.docs.site [FOLDER].

A dead link or a page outside the menu is an error.
The pages of commands are written from the commands themselves, in each language.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
COMMANDS = "tests.support.docs.command_pages"


def build_site(folder: Path) -> Path:
    """Build the site in a folder of its own; the folder of its pages. Raises CalledProcessError with what is wrong."""
    shutil.copy(ROOT / "mkdocs.yml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    for language in ("en", "zh"):
        page = _run("-m", COMMANDS, folder=ROOT, KILNBOARD_LANG=language)
        (folder / "docs" / "manual" / language / "commands.md").write_text(page, "utf-8")
    _run("-m", "zensical", "build", "--strict", folder=folder)
    return folder / "site"


def _run(*arguments: str, folder: Path, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **environment, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    print(build_site(target))
