"""Count a shop's figures again from its written files alone: slow, plain and independent."""

from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tests.support.plain_exports import cents, rows

CARRIERS = {
    "直播": "live",
    "短视频": "video",
    "商品卡": "product_card",
    "图文": "image_text",
    "其他": "other",
    "数据将于第二天更新": "unknown",
}
REFUNDED = ("退款成功", "同意退款，退款成功")


class Line(NamedTuple):
    order: str
    line: str
    day: str
    sku: str
    carrier: str
    buyer: tuple[str, ...]
    figures: dict[str, int]


class Refund(NamedTuple):
    line: Line
    day: str
    amount: int


def shares(total: int, values: list[int]) -> list[int]:
    """Largest remainder, of equal remainders the earlier."""
    exact = [divmod(total * value, sum(values)) for value in values]
    parts = [whole for whole, _ in exact]
    by_rest = sorted(range(len(values)), key=lambda place: -exact[place][1])
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return parts


def douyin_lines(folder: Path) -> list[Line]:
    """Paid lines of the Douyin shop; a row of several sub-orders counts as several lines."""
    return [
        line
        for row in rows(folder, "douyin_orders_*")
        if row["支付完成时间"] != "-"
        for line in _lines_of(row)
    ]


def _lines_of(row: dict[str, str]) -> list[Line]:
    def each(name: str) -> list[str]:
        return [cell.strip("\t") for cell in row[name].split(";")]

    unit = each("商品单价" if "商品单价" in row else "商品金额")
    quantities = [int(number) for number in each("商品数量")]
    values = [cents(price) * number for price, number in zip(unit, quantities, strict=True)]
    names = ("订单应付金额", "运费", "平台优惠", "达人优惠", "支付优惠", "商家优惠", "商家改价")
    due, shipping, platform, talent, pay, seller, change = (
        shares(cents(row[name]), values) if sum(values) else [cents(row[name])] for name in names
    )
    lines = []
    for place, (line, sku) in enumerate(zip(each("子订单编号"), each("商家编码"), strict=True)):
        paid = due[place] - shipping[place] - pay[place]
        given = platform[place] + talent[place] + pay[place]
        assert values[place] == paid + given + seller[place] + change[place]
        figures = {
            "gmv": paid + given,
            "buyer_paid": paid,
            "list_value": values[place],
            "seller_discounts": values[place] - paid - given,
            "platform_discounts": given,
            "units": quantities[place],
            "lines": 1,
        }
        day, buyer = row["支付完成时间"][:10], (row["收件人"], row["收件人手机号"])
        buyer = () if buyer[0].startswith("##") else buyer  # in ciphertext: nobody is known
        lines.append(Line(row["主订单编号"], line, day, sku, CARRIERS[row["流量体裁"]], buyer, figures))
    return lines


def douyin_refunds(folder: Path, lines: list[Line]) -> list[Refund]:
    """Refunds that were really paid out."""
    known = {line.line: line for line in lines}
    return [
        Refund(known[row["商品单号"]], row["商家退款时间"][:10], cents(row["退商品金额（元）"]))
        for row in rows(folder, "douyin_aftersale_*")
        if row["售后状态"] in REFUNDED
    ]


def tiktok_lines(folder: Path) -> tuple[list[Line], list[Refund]]:
    """Paid rows of the TikTok shop, and its refunds (whole orders, or parts of single rows)."""
    lines, refunds = [], []
    for number, row in enumerate(rows(folder, "tiktok_orders_*", header_rows=2)):
        if not row["Paid Time"]:
            continue
        before, after = (cents(row[f"SKU Subtotal {word} Discount"]) for word in ("Before", "After"))
        platform, seller = (cents(row[f"SKU {word} Discount"]) for word in ("Platform", "Seller"))
        assert before == after + platform + seller
        figures = {
            "gmv": before - seller,
            "buyer_paid": after,
            "list_value": before,
            "seller_discounts": seller,
            "platform_discounts": platform,
            "units": int(row["Quantity"]),
            "lines": 1,
        }
        line = Line(
            row["Order ID"],
            f"{number:09d}",
            _day(row["Paid Time"]),
            row["Seller SKU"],
            "unknown",
            (row["Buyer Username"],),
            figures,
        )
        lines.append(line)
        if back := cents(row["Order Refund Amount"]):
            day = _day(row["Cancelled Time"] or row["Paid Time"])
            refunds.append(Refund(line, day, min(back, after)))
    return lines, refunds


def _day(text: str) -> str:
    return datetime.strptime(text, "%d/%m/%Y %H:%M:%S").date().isoformat()


def cut(lines: list[Line], refunds: list[Refund], by: str) -> dict[str, dict[str, int]]:
    """Figures by day, sku or carrier; members without any are left out."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    orders: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        member = getattr(line, by)
        sums[member].update(line.figures)
        orders[member].add(line.order)
    for line, day, amount in refunds:
        sums[day if by == "day" else getattr(line, by)]["refunds"] += amount
        sums[getattr(line, by)]["refunds_by_order"] += amount
    for member, figures in sums.items():
        figures["orders"] = len(orders[member])
        figures["net_sales"] = figures["gmv"] - figures["refunds"]
    return {member: {name: n for name, n in lines.items() if n} for member, lines in sums.items()}


def without_zeros(cut_of_truth: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The truth's cut in the form of `cut`."""
    lines = {
        member: {name: number for name, number in figures.items() if number}
        for member, figures in cut_of_truth.items()
    }
    return {member: figures for member, figures in lines.items() if figures}
