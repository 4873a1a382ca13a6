"""Tables in disguise: numbers of cells that an attribute names are taken as far as they are sound."""

import pytest

from etl.tables.open import open_table

HEAD = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
HEAD += 'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="orders"><Table>'
TAIL = "</Table></Worksheet></Workbook>"


def row(*cells: tuple[str, str]) -> str:
    return f"<Row>{''.join(f'<Cell {more}><Data>{text}</Data></Cell>' for more, text in cells)}</Row>"


@pytest.mark.parametrize("merged", ["1", "999999999999999", "²", "-1", "many"])
def test_a_merged_cell_of_any_width_is_read(tmp_path, merged):
    path = tmp_path / "orders.xls"
    body = row(("", "Order"), ("", "Price")) + row(("", "1"), (f'ss:MergeAcross="{merged}"', "2.00"))
    path.write_text(HEAD + body + TAIL, "utf-8")
    (table,) = open_table(path)
    assert [list(cells)[:2] for cells in table.head] == [["Order", "Price"], ["1", "2.00"]]


def test_a_cell_below_a_wide_one_stands_at_most_a_thousand_columns_further(tmp_path):
    path = tmp_path / "orders.xls"
    wide = row(('ss:MergeAcross="999999999999999"', "1"), ("", "2.00"))
    path.write_text(HEAD + row(("", "Order")) * 60 + wide + TAIL, "utf-8")
    (table,) = open_table(path)
    assert len(list(table.raw_rows())[60]) == 1_002
