"""Rare rows that importers trip over: two lines in one row, an order without money."""

import numpy as np
import pyarrow as pa

from sample_data.generator.douyin.discounts import split_by_value
from sample_data.generator.douyin.order_lines import Lines

JOINED_WORDS = (
    "子订单编号",
    "选购商品",
    "商品规格",
    "货号",
    "商品数量",
    "商品ID",
    "商家编码",
    "商品单价",
    "商品金额",
)
JOINED_MONEY = (
    "订单应付金额",
    "运费",
    "优惠总金额",
    "平台优惠",
    "商家优惠",
    "达人优惠",
    "商家改价",
    "支付优惠",
    "平台实际承担优惠金额",
    "商家实际承担优惠金额",
    "达人实际承担优惠金额",
)


def give_away(lines: Lines, order: int) -> None:
    """Let the shop bear the whole price of an order, so that nothing is paid."""
    rows = lines.order == order
    lines.seller_discount[rows] = lines.list_value[rows]
    for amounts in (
        lines.platform_discount,
        lines.talent_discount,
        lines.price_change,
        lines.pay_discount,
        lines.shipping,
    ):
        amounts[rows] = 0
    lines.trapped[rows] = True


def join_order(lines: Lines, order: int, *, discount: int, shipping: int) -> None:
    """Put an order's lines in one row, its amounts split by list value to the last fen."""
    rows = np.flatnonzero(lines.order == order)
    values = lines.list_value[rows]
    lines.seller_discount[rows] = split_by_value(discount, values)
    lines.shipping[rows] = split_by_value(shipping, values)
    for amounts in (lines.platform_discount, lines.talent_discount, lines.price_change, lines.pay_discount):
        amounts[rows] = 0
    lines.carrier[rows] = lines.carrier[rows[0]]
    lines.session[rows] = lines.session[rows[0]]
    lines.partner[rows] = -1
    lines.trapped[rows] = True
    lines.joined[rows] = True


def join_rows(table: pa.Table, lines: Lines) -> dict[str, pa.Array]:
    """Return the columns with each joined order in one row: words with `;`, amounts added up."""
    if not lines.joined.any():
        return _columns(table)
    mask = table.filter(pa.array(~lines.joined))
    rows = [
        _one_row(table.filter(pa.array(lines.joined & (lines.order == order))))
        for order in np.unique(lines.order[lines.joined])
    ]
    together = pa.Table.from_pylist(rows, schema=pa.schema([(n, "string") for n in mask.column_names]))
    return _columns(pa.concat_tables([mask.cast(together.schema), together]))


def _columns(table: pa.Table) -> dict[str, pa.Array]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _one_row(table: pa.Table) -> dict[str, object]:
    cells = table.to_pylist()
    row: dict[str, object] = {name: cell if cell is None else str(cell) for name, cell in cells[0].items()}
    for name in JOINED_WORDS:
        if name in row:
            row[name] = ";".join(str(line[name]) for line in cells)
    return row | {name: str(sum(line[name] for line in cells)) for name in JOINED_MONEY}
