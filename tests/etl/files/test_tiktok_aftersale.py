"""Returns of TikTok Shop: a row of words explains the columns, a case whose id is a word is none of them."""

from pathlib import Path

from etl.imports.importer import import_file
from tests.support.fresh import new_database

SAMPLE = Path(__file__).parents[3] / "tests/etl/data/tiktok_returns.csv"
CASE = "403500000000000011"


def test_a_case_whose_id_is_a_word_is_not_skipped(tmp_path: Path) -> None:
    lines = SAMPLE.read_text("utf-8-sig").splitlines()
    words = ",".join("What it is" for _ in lines[0].split(","))
    file = tmp_path / "returns.csv"
    file.write_text(
        "\n".join([lines[0], words, *(line.replace(CASE, "unreadable") for line in lines[1:])]), "utf-8"
    )
    before = import_file(new_database(tmp_path / "before.db"), SAMPLE)
    report = import_file(new_database(tmp_path / "shop.db"), file)
    assert (
        (report.read, report.stored, report.rejected)
        == (before.read, before.stored, before.rejected)
        == (3, 2, 1)
    )
