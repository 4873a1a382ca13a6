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
from unittest.mock import patch

from tests.support.docs import command_pages

ROOT = Path(__file__).parents[3]


def build_site(folder: Path) -> Path:
    """Build the site in a folder of its own; the folder of its pages. Raises CalledProcessError with what is wrong."""
    shutil.copy(ROOT / "mkdocs.yml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    for language in ("en", "zh"):
        with patch.dict(os.environ, KILNBOARD_LANG=language):
            (folder / "docs" / "manual" / language / "commands.md").write_text(command_pages.page(), "utf-8")
    line = [sys.executable, "-m", "zensical", "build", "--strict"]
    subprocess.run(line, cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return folder / "site"


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    print(build_site(target))
