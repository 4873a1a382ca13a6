"""A slow second reading of exported tables: plain csv and openpyxl, nothing of this project.

It says which rows a table has and what its main amounts add up to, by the names of its columns, so that what
an import stored can be held against it. Amounts are in cents, half up.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

Record = Mapping[str, str]
NOTHING = ("", "-", "--", "—", "/", "无", "none", "null", "n/a", "无退款申请")
FREE = ("免费", "free")
TOTAL = re.compile(r"(?:合计|总计|total)\s*[:：]?", re.IGNORECASE)
MARKS = re.compile(r"^(?:[A-Z]{0,3}\s?[¥￥$€£]?\s?)|\s?元$")


def records(text: str, delimiter: str) -> list[dict[str, str]]:
    """The records of a delimited text whose first row is its header, cells without blanks around them."""
    rows = rows_of_text(text, delimiter)
    header = [cell.strip() for cell in rows[0]]
    filled = (row for row in rows[1:] if any(cell.strip() for cell in row))
    return [dict(zip(header, [cell.strip() for cell in row], strict=False)) for row in filled]


def total(rows: list[dict[str, str]], column: str) -> int:
    """The sum of a column of plain amounts in cents."""
    return sum(int(Decimal(row[column].strip("¥￥元 ").replace(",", "")) * 100) for row in rows)


def rows_of_text(text: str, delimiter: str) -> list[list[str]]:
    """All rows of a delimited text."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def rows_of_workbook(content: bytes) -> list[list[str]]:
    """All rows of the first worksheet with rows, as text: formulas by their stored results, dates as written."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), data_only=True)
    worksheet = next(worksheet for worksheet in book.worksheets if any(any(row) for row in worksheet.values))
    return [[_text(cell) for cell in row] for row in worksheet.values]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def plain(cell: str) -> str:
    """A cell without what spreadsheets wrap around it."""
    text = cell.strip(" \t\r\n\ufeff\u00a0\u3000\u200b")
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1]
    return text.removeprefix("'").strip()


def exact(cell: str, decimal: str = ".") -> Decimal | None:
    """An amount, 0 for a word for nothing; None for what is no amount."""
    text = plain(cell)
    if text.casefold() in (*NOTHING, *FREE):
        return Decimal(0)
    text = MARKS.sub("", text.replace("，", ",")).strip()
    sign = -1 if (text.startswith("(") and text.endswith(")")) or text.endswith("-") else 1
    text = text.strip("()").removesuffix("-").removeprefix("+")
    negative, text = text.startswith("-"), MARKS.sub("", text.removeprefix("-"))
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)
    if decimal == "," or re.fullmatch(r"\d{1,3}(\.\d{3})+,\d\d", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(
        r"\d+,\d{1,2}", text
    ):  # where the file has no other amount with a mark, its decimal one
        text = text.replace(",", ".")
    elif "," in text:
        if not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
            return None
        text = text.replace(",", "")
    factor = {"万": 10_000, "亿": 10**8}.get(text[-1:], 1)
    try:
        value = Decimal(text[:-1] if factor > 1 else text) * factor * sign * (-1 if negative else 1)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= 10**13 else None


def cents(cell: str, decimal: str = ".") -> int | None:
    """An amount in cents, half up; None for what is no amount."""
    value = exact(cell, decimal)
    return None if value is None else rounded(value)


def rounded(value: Decimal) -> int:
    """An amount in cents, half up."""
    return int((value * 100).quantize(Decimal(1), ROUND_HALF_UP))


def always(_record: Record) -> bool:
    """Every row is a record."""
    return True


@dataclass(frozen=True)
class Amount:
    """The main amount of a kind: what of our tables adds up to what of a record; None where it has none.

    `needs` are columns of which a table must have one; `is_record` says which rows are records at all,
    `once` is the column whose value names the record: equal ones are one. `of_order` is what the rows of one order,
    which the column `order` names, add up to besides; each comes with whether it was accepted.
    """

    table: str
    stored: str
    of_record: Callable[[Record], int | None]
    needs: tuple[str, ...] = ()
    is_record: Callable[[Record], bool] = always
    once: str = ""
    order: str = ""
    of_order: Callable[[Sequence[tuple[Record, bool]]], int] = lambda _rows: 0


def column(*headers: str, minus: tuple[str, ...] = (), sign: int = 1, decimal: str = ".") -> Any:
    """The first of these columns that a record has, less others; None where one of them is no amount."""

    def read(record: Record) -> int | None:
        name = next((name for name in headers if name in record), None)
        if name is None:
            return None
        parts = [cents(record[name], decimal), *(cents(record.get(name, ""), decimal) for name in minus)]
        if None in parts:
            return None
        first, *others = [part or 0 for part in parts]
        return sign * (first - sum(others))

    return read


def product(unit: str, pieces: str) -> Any:
    """A price times a number of pieces, half up."""

    def read(record: Record) -> int | None:
        one, count = exact(record.get(unit, "")), exact(record.get(pieces, ""))
        return None if one is None or count is None else rounded(one * count)

    return read


def whole(*headers: str) -> Any:
    """A count in hundredths, 0 where a cell is no whole number."""
    read = column(*headers)
    return lambda record: None if (value := read(record)) is None else value if value % 100 == 0 else 0


def unsigned(of_record: Any) -> Any:
    """What was given back, also where a file writes it with a minus."""
    return lambda record: None if (value := of_record(record)) is None else abs(value)


def added(*headers: str) -> Any:
    """Columns added up, 0 for cells that are no amount."""
    return lambda record: sum(cents(record.get(name, "")) or 0 for name in headers)


def at_least(listed: Any, paid: Any) -> Any:
    """A list value that follows the paid sum where more was paid."""

    def read(record: Record) -> int | None:
        value = listed(record)
        return None if value is None else max(value, paid(record) or 0)

    return read


def if_paid(of_record: Any) -> Any:
    """The amount of a Taobao order, 0 where it has no moment of payment."""
    return lambda record: of_record(record) if plain(record.get("订单付款时间", "")) not in NOTHING else 0


def taobao_paid(record: Record) -> int:
    """What was paid for the goods of a Taobao order: what is left, what was refunded, without postage."""
    return added("买家实际支付金额")(record) + abs(added("退款金额")(record)) - added("买家应付邮费")(record)


def more_than_list(rows: Sequence[tuple[Record, bool]]) -> int:
    """By how much the accepted lines of a Shopify order were paid above their list price: the list price follows.

    The subtotal is shared by what all lines cost less their own discount, by the largest remainder.
    """
    lines = [line for line, _ in rows]
    subtotal = next((cents(line["Subtotal"]) for line in lines if line.get("Subtotal")), None) or 0
    listed = [product("Lineitem price", "Lineitem quantity")(line) or 0 for line in lines]
    weights = [
        max(one - added("Lineitem discount")(line), 0) for one, line in zip(listed, lines, strict=True)
    ]
    whole = sum(weights)
    if not whole:
        return 0
    shares = [subtotal * weight // whole for weight in weights]
    by_rest = sorted(range(len(shares)), key=lambda place: -(subtotal * weights[place] % whole))
    for place in by_rest[: subtotal - sum(shares)]:
        shares[place] += 1
    more = (max(share - one, 0) for share, one in zip(shares, listed, strict=True))
    return sum(part for part, (_, is_accepted) in zip(more, rows, strict=True) if is_accepted)


def flow(record: Record) -> int | None:
    """A movement of money with the sign of its direction."""
    amount = cents(record["动账金额"])
    sign = {"入账": 1, "出账": -1}.get(plain(record["动账方向"]))
    return None if amount is None or sign is None else sign * abs(amount)


def unless_closed(amount: str, status: str) -> Any:
    """The amount of a case, 0 where it was closed without money back or goods are sent instead."""
    read = column(amount)

    def closed(record: Record) -> int | None:
        words = record.get(status, "") + record.get("售后类型", "") + record.get("退款类型", "")
        is_closed = any(word in words for word in ("关闭", "拒绝", "撤销", "取消", "驳回", "换货"))
        value: int | None = read(record)
        return 0 if is_closed and value is not None else value

    return closed


def tiktok_list(record: Record) -> int | None:
    """The list value of a TikTok order line; Indonesian amounts have no decimals."""
    cell = plain(record.get("SKU Subtotal Before Discount", ""))
    if cell.startswith("IDR"):
        digits = cell.removeprefix("IDR").strip().replace(".", "").replace(",", "")
        return int(digits) if digits.isdigit() else None
    return cents(cell) if cell else None


def etsy_price(record: Record) -> int | None:
    """The price of an Etsy listing in minor units; the yen has no decimals."""
    price = cents(record.get("PRICE", ""))
    return price // 100 if price is not None and record.get("CURRENCY_CODE") == "JPY" else price


def etsy_net(record: Record) -> int | None:
    """The net of a line of the statement; advertising is no payout."""
    is_ad = plain(record.get("Type", "")) == "Marketing" and "Ads" in record.get("Title", "")
    return 0 if is_ad else cents(record.get("Net", ""))


def is_no_transfer(record: Record) -> bool:
    """Whether a movement is no transfer of the shop's own money."""
    return not any(word in record.get("动账场景", "") for word in ("提现", "充值", "转账", "余额", "保证金"))


PAID = "buyer_paid_cents + shipping_cents"
MAIN: dict[str, Amount] = {
    "douyin_orders": Amount("order_line", PAID, column("订单应付金额", minus=("支付优惠",))),
    "douyin_aftersale": Amount("refund", "amount_cents", unless_closed("退商品金额（元）", "售后状态")),
    "douyin_settlement": Amount("settlement", "paid_out_cents", column("结算金额")),
    "douyin_fund_flow": Amount("settlement", "paid_out_cents", flow, is_record=is_no_transfer),
    "douyin_products": Amount("product_statement WHERE carrier = 'all'", "gmv_cents", column("成交金额")),
    "douyin_sessions": Amount(
        "live_session", "gmv_cents", column("直播间成交金额"), needs=("直播间成交金额",)
    ),
    "douyin_works": Amount("video", "views * 100", column("播放量")),
    "comments": Amount("comment", "likes * 100", whole("点赞数", "点赞"), once="评论ID"),
    "kuaishou_orders": Amount("order_line", PAID, column("实付款")),
    "kuaishou_aftersale": Amount("refund", "amount_cents", unless_closed("退款金额", "退款状态")),
    "pinduoduo_orders": Amount("order_line", PAID, column("用户实付金额(元)")),
    "wechat_orders": Amount("order_line", "buyer_paid_cents", column("商品实际价格(总共)")),
    "taobao_orders": Amount(
        "order_line", "list_cents", at_least(column("买家应付货款"), if_paid(taobao_paid))
    ),
    "taobao_order_items": Amount(
        "order_line",
        "list_cents",
        at_least(product("商品价格", "购买数量"), if_paid(added("买家实际支付金额", "退款金额"))),
    ),
    "xiaohongshu_orders": Amount(
        "order_line", "list_cents", at_least(column("商品总价(元)"), column("商家应收金额(元)(支付金额)"))
    ),
    "etsy_orders": Amount("order_line", "list_cents", column("Order Value")),
    "etsy_order_items": Amount("order_line", "list_cents", product("Price", "Quantity")),
    "shopify_orders": Amount(
        "order_line",
        "list_cents",
        product("Lineitem price", "Lineitem quantity"),
        order="Name",
        of_order=more_than_list,
    ),
    "woocommerce_orders": Amount("order_line", "list_cents", product("Item Cost", "Quantity")),
    "square_items": Amount("order_line", "list_cents", column("Gross Sales")),
    "tiktok_orders": Amount("order_line", "list_cents", tiktok_list),
    "tiktok_settlement": Amount("settlement", "paid_out_cents", column("Total settlement amount")),
    "etsy_statement": Amount(
        "settlement", "paid_out_cents", etsy_net, is_record=lambda r: r.get("Type") != "Deposit"
    ),
    "qianchuan_spend": Amount("ad_spend", "amount_cents", column("消耗(元)")),
    "tiktok_aftersale": Amount(
        "refund", "amount_cents", unsigned(product("Return unit price", "Return Quantity"))
    ),
    "tiktok_sessions": Amount("live_session", "gmv_cents", column("Gross Revenue (RM)")),
    "tiktok_works": Amount("video", "views * 100", column("VV")),
    "shopify_products": Amount(
        "product",
        "0",
        lambda _: 0,
        is_record=lambda r: any(  # a row with a picture alone is none
            r.get(name, "") not in NOTHING
            for name in ("Title", "Option1 Value", "Variant Price", "Variant SKU", "Variant Inventory Qty")
        ),
    ),
    "etsy_listings": Amount("listing", "price_cents", etsy_price),
    "online_retail": Amount("order_line", "list_cents", product("Price", "Quantity")),
    "tmall_orders": Amount("order_line", "list_cents", column("总金额")),
    "ordini": Amount(
        "order_line",
        "buyer_paid_cents",
        column("Totale", decimal=","),
        is_record=lambda r: r.get("Numero ordine") != "Totale",
    ),
}
