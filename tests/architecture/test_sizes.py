"""Sizes: folders that can be looked over, files that can be read in one go."""

from collections import Counter
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
FOLDERS = ("shop", "etl", "dashboard", "sample_data", "tests")
FILES = [
    file
    for folder in FOLDERS
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in file.relative_to(ROOT).parts  # migrations are frozen
]


def lines(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def test_no_file_is_longer_than_400_lines():
    assert [f"{file.relative_to(ROOT)}: {lines(file)}" for file in FILES if lines(file) > 400] == []


def test_half_of_the_files_have_fewer_than_150_lines():
    assert median(lines(file) for file in FILES) < 150


def test_no_folder_has_more_than_20_python_files():
    crowd = Counter(file.parent.relative_to(ROOT).as_posix() for file in FILES)
    assert {folder: files for folder, files in crowd.items() if files > 20} == {}


def test_every_package_opens_with_what_it_is_for():
    packages = [file for file in FILES if file.name == "__init__.py" and file.parts[-2] != "tests"]
    assert [
        str(file.relative_to(ROOT)) for file in packages if not file.read_text("utf-8").startswith('"""')
    ] == []
