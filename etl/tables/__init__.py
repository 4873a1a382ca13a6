"""Exported tables as chunks of text cells, and cells as values, one whole column at a time.

`open.open_table` opens CSV and workbooks; `base` has what they give (Table, Chunk). Cells become values in
`cells`, `amounts`, `date_order` and `timestamps`; `hashes` and `row_keys` identify rows. Knows no kind of
export and no database; imports `etl.errors` and `shop.core`.
"""
