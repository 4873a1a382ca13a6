"""Tables as lists for phones: each figure under its label, what is unknown said, foreign text escaped."""

import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.ui.row_list import FIRST_ROWS, MOST_ROWS


def drawn(table: pd.DataFrame) -> str:
    def page(table):  # type: ignore[no-untyped-def]  # its source alone is the script
        from dashboard.text.metrics import Column
        from dashboard.ui import row_list

        kinds = {"sum": "money", "share": "rate", "pieces": "pieces"}
        row_list.show(table, [Column(name, f"[{name}]", kinds.get(name, "text")) for name in table.columns])

    return str(
        AppTest.from_function(page, args=(table,), default_timeout=120).run().get("html")[0].proto.body
    )


def test_each_row_has_its_figures_under_their_labels() -> None:
    table = pd.DataFrame(
        {
            "sum": pd.Series([-12_050, None], dtype="Int64"),
            "name": ["<b>青瓷</b>", "天青"],
            "share": [0.123, None],
            "pieces": [3.0, -4.0],
        }
    )
    assert drawn(table) == (
        '<ul class="kb-phone-rows"><li><b>&lt;b&gt;青瓷&lt;/b&gt;</b><dl>'
        "<div><dt>[sum]</dt><dd>−¥120.50</dd></div><div><dt>[share]</dt><dd>12.3%</dd></div>"
        "<div><dt>[pieces]</dt><dd>+3</dd></div></dl></li>"
        "<li><b>天青</b><dl><div><dt>[sum]</dt><dd>–</dd></div><div><dt>[share]</dt><dd>–</dd></div>"
        "<div><dt>[pieces]</dt><dd>−4</dd></div></dl></li></ul>"
    )


def test_a_long_table_opens_at_a_tap_and_names_what_is_only_in_the_file() -> None:
    rows = MOST_ROWS + 5
    body = drawn(pd.DataFrame({"name": [f"行{number}" for number in range(rows)]}))
    first, rest = body.split("<details>")
    assert first.count("<li>") == FIRST_ROWS and rest.count("<li>") == MOST_ROWS - FIRST_ROWS
    assert f"<summary>再看 {MOST_ROWS - FIRST_ROWS} 行</summary>" in rest
    assert "还有 5 行，下载的文件里都有。" in rest
