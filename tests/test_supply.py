"""The locked dependencies: one version each, every file with its hash, and nothing that the lock does not have."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / ".ci"


def pins(name: str) -> dict[str, str]:
    """The pinned version of each package in a lock file."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", (FOLDER / name).read_text("utf-8"), re.M)
    return {package.lower().replace("_", "-"): version.strip() for package, version in found}


def test_the_hashes_are_those_of_the_locked_versions() -> None:
    locked, hashed = pins("locked.txt"), pins("hashes-dev.txt")
    assert {name: hashed[name] for name in locked.keys() & hashed} == {
        name: locked[name] for name in locked.keys() & hashed
    }
    assert pins("hashes.txt").items() <= hashed.items()
    assert locked.keys() - hashed.keys() <= {"pillow-heif"}


def test_every_locked_file_has_its_hash() -> None:
    for name in ("hashes.txt", "hashes-dev.txt"):
        lines = (FOLDER / name).read_text("utf-8").splitlines()
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            assert not re.match(r"\S+==", line) or following.strip().startswith("--hash=sha256:"), line
