"""How pieces perform, as a potter reads it: on the command line and on the Products page."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard import words
from dashboard.cli import front_door

WINTER = ("--from", "2021-11-01", "--to", "2022-03-15")


@pytest.mark.parametrize(("language", "group"), [("en", "not matched"), ("zh", "未匹配")])
def test_a_report_by_family_names_what_is_not_matched_yet(
    spring_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, group: Any
) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    words.use(language)
    result = CliRunner().invoke(front_door(), ["report", "gmv", "units", "--by", "family", *WINTER])
    assert result.exit_code == 0, result.output
    assert group in result.output
