"""The Data page offers everything as Parquet files, and shows what each column means when that is opened."""

from pathlib import Path

import pytest

from tests.support.pages import no_error, open_page


def test_the_data_page_offers_all_numbers(spring_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    page = open_page("data")
    assert no_error(page)
    labels = [button.proto.label for button in page.get("download_button")]
    assert any("Parquet" in label for label in labels)
    assert not any("v_order_line" in item.value for item in page.markdown)
    page.session_state["open-dictionary"] = True
    assert any("v_order_line" in item.value for item in page.run().markdown)
