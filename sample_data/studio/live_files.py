"""Import the files about live sessions as a studio would: remarks with their session, marks, advertising."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sample_data.generator.live_files import FOLDER, TRUTH


def live_settings(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Return the files of remarks and of advertising, each with what its owner would say of it."""
    place = folder / FOLDER
    truth = json.loads((place / TRUTH).read_text("utf-8"))
    result: list[tuple[Path, dict[str, Any]]] = [(place / "qianchuan.csv", {})]
    for session, item in truth["sessions"].items():
        (path,) = place.glob(f"{item['file']}.*")
        result.append((path, {"session": session, "platform": "douyin"}))
    return result


def marks_of(folder: Path) -> dict[str, Path]:
    """Return the file of marks of each session by its id."""
    return {path.stem.removeprefix("marks_"): path for path in sorted((folder / FOLDER).glob("marks_*.csv"))}
