"""Small files of real layouts read by profiles, with figures computed by hand."""

from pathlib import Path

import pytest

from etl.imports.importer import import_file
from etl.profiles import kind as generic
from etl.profiles import model

CASES = Path(__file__).parents[2] / "data" / "cases"


@pytest.fixture
def figures(rows):
    """The figures of all lines in the database, in hundredths, as the definitions of sales compute them."""

    def figures():
        gmv, shipping, discounts, orders, units = rows(
            "SELECT SUM(buyer_paid_cents + platform_discount_cents), SUM(shipping_cents), "
            "SUM(seller_discount_cents), COUNT(DISTINCT order_id), SUM(quantity) "
            "FROM order_line WHERE paid_on IS NOT NULL AND NOT is_gift"
        )[0]
        ((refunds, refunded_shipping),) = rows("SELECT SUM(amount_cents), SUM(shipping_cents) FROM refund")
        return {
            "gmv": gmv,
            "shipping": shipping,
            "discounts": discounts,
            "orders": orders,
            "units": units,
            "refunds": refunds or 0,
            "refunded_shipping": refunded_shipping or 0,
        }

    return figures


def read(db, path: Path, profile: str, **settings):
    kind = generic.kind_of(model.read(profile, "profile.toml"))
    return import_file(db, path, kind=kind, settings=settings)


def test_a_paid_sum_that_has_lost_its_refunds(db, figures):
    """Case 15: total = paid + refund on every row of the Tmall report."""
    import_file(
        db, CASES / "15-tmall-report-paid-is-net-of-refund" / "tmall_order_report.csv", kind="tmall_orders"
    )
    got = figures()
    assert (got["gmv"], got["refunds"], got["discounts"], got["orders"]) == (48000, 26000, 0, 3)


def test_amounts_of_the_order_on_each_of_its_rows_count_once(db, figures):
    """Case 19: noticed from the file, without a word in the profile."""
    folder = CASES / "19-order-level-amounts-on-every-line"
    report = read(db, folder / "orders.csv", (folder / "profile.toml").read_text("utf-8"))
    assert report.rejected == 0
    got = figures()
    assert (got["gmv"], got["shipping"], got["refunds"]) == (13000, 600, 1000)


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Shanghai"])
def test_a_cell_with_its_own_offset_wins_over_the_zone_of_the_profile(db, rows, zone):
    """Case 66, with the format given and without."""
    folder = CASES / "66-moments-with-their-own-offset"
    profile = (folder / "profile.toml").read_text("utf-8").replace("America/New_York", zone)
    read(db, folder / "orders.csv", profile)
    wanted = [("2026-01-16 03:00:00",), ("2026-02-01 03:00:00",), ("2026-01-31 01:15:00",)]
    query = "SELECT strftime('%Y-%m-%d %H:%M:%S', created_at, 'unixepoch') FROM order_line ORDER BY order_id"
    assert rows(query) == wanted
    without = profile.replace('formats = ["%Y-%m-%d %H:%M:%S %z"]\n', "")
    assert read(db, folder / "orders.csv", without).rejected == 0
    assert rows(query) == wanted


COMMENTS = """
table = "comment"
[constants]
platform = "douyin"
[columns]
comment_id = "comment_id"
parent_id = "parent_comment_id"
video_id = "aweme_id"
author_id = "user_id"
nickname = "nickname"
text = "content"
written_at = "create_time"
likes = "like_count"
replies = "sub_comment_count"
[dates]
time_zone = "Asia/Shanghai"
"""


def test_comments_with_counted_seconds(db, rows):
    """Case 60: seconds and milliseconds since 1970, with the format %s and without."""
    folder = CASES / "60-comments-mediacrawler-douyin"
    read(db, folder / "douyin_comments.csv", COMMENTS + 'formats = ["%s"]\n')
    query = (
        "SELECT strftime('%Y-%m-%d %H:%M:%S', written_at, 'unixepoch', '+8 hours'), parent_id, likes "
        "FROM comment ORDER BY 1"
    )
    wanted = [("2026-01-10 20:00:00", None, 12), ("2026-01-10 20:01:00", "7400000000000000001", 15000)]
    assert [
        (at, None if parent in (None, "0") else parent, likes) for at, parent, likes in rows(query)
    ] == wanted
    other = COMMENTS.replace("aweme_id", "note_id").replace('"douyin"', '"xiaohongshu"')
    assert read(db, folder / "xhs_comments_ms.csv", other).stored == 2
    assert rows(query.replace("ORDER", "WHERE platform = 'xiaohongshu' ORDER"))[0][0] == wanted[0][0]


KUAISHOU = """
table = "order_line"
[constants]
platform = "kuaishou"
currency = "CNY"
[columns]
order_id = "订单号"
gift_of = "赠品订单号"
sku = "SKU编码"
title = "商品名称"
spec = "商品规格"
quantity = "成交数量"
unit_price = "商品单价"
platform_discount = "平台补贴"
paid = "实付款"
shipping = "快递费"
created_at = "订单创建时间"
paid_at = "订单支付时间"
status = "订单状态"
after_sale = "售后状态"
[amounts.paid]
includes = ["shipping"]
[[gifts]]
column = "gift_of"
filled = true
[[refunded]]
column = "after_sale"
contains = "退款成功"
[dates]
time_zone = "Asia/Shanghai"
[status]
"已发货" = "shipped"
"交易关闭" = "cancelled"
"""


def test_a_paid_sum_with_shipping_in_it_and_a_gift_line(db, figures):
    """Case 02."""
    report = read(db, CASES / "02-kuaishou-orders" / "orders.csv", KUAISHOU)
    assert report.rejected == 0
    got = figures()
    assert (got["gmv"], got["orders"], got["units"]) == (89000, 6, 7)
    assert (got["shipping"], got["refunds"]) == (1200, 10000)


def test_a_closed_order_without_a_paid_time_was_never_paid(db, figures):
    """Case 02 as its first profile was answered: no paid time mapped; a refunded closed order was paid."""
    profile = KUAISHOU.replace('paid_at = "订单支付时间"\n', "")
    read(db, CASES / "02-kuaishou-orders" / "orders.csv", profile)
    assert figures()["gmv"] == 89000


PINDUODUO = """
table = "order_line"
[file]
separator = ","
[constants]
platform = "pdd"
currency = "CNY"
[columns]
order_id = "订单号"
sku = "商家编码-SKU维度"
title = "商品"
quantity = "商品数量(件)"
list_total = "商品总价(元)"
platform_discount = "平台优惠折扣(元)"
paid = "用户实付金额(元)"
shipping = "邮费(元)"
paid_at = "支付时间"
status = "订单状态"
after_sale = "售后状态"
[amounts.paid]
includes = ["shipping"]
[[refunded]]
column = "after_sale"
equals = "退款成功"
[dates]
time_zone = "Asia/Shanghai"
[status]
"已收货" = "completed"
"未发货，退款成功" = "cancelled"
"已发货，待收货" = "shipped"
"""


def test_postage_in_the_paid_sum_and_a_refund_given_in_words(db, figures):
    """Case 05."""
    assert read(db, CASES / "05-pinduoduo-orders" / "orders_export.csv", PINDUODUO).rejected == 0
    got = figures()
    assert (got["gmv"], got["orders"], got["units"]) == (48000, 4, 5)
    assert (got["shipping"], got["refunds"]) == (800, 10000)


ETSY_ORDERS = """
table = "order_line"
[constants]
platform = "etsy"
[columns]
order_id = "Order ID"
sku = "SKU"
quantity = "Number of Items"
list_total = "Order Value"
seller_discount = "Discount Amount"
paid = "Order Total"
paid_after_refund = "Adjusted Order Total"
shipping = "Shipping"
tax = "Sales Tax"
created_at = "Sale Date"
shipped_at = "Date Shipped"
currency = "Currency"
[amounts.paid]
includes = ["shipping", "tax"]
[dates]
order = "mdy"
time_zone = "America/New_York"
[rules]
one_row_per_order = true
"""


def test_an_order_total_with_shipping_and_sales_tax(db, figures):
    """Case 08: two-digit years, a count of pieces, and the refund as what is left of the total."""
    assert read(db, CASES / "08-etsy-sold-orders" / "EtsySoldOrders2026-1.csv", ETSY_ORDERS).rejected == 0
    got = figures()
    assert (got["gmv"], got["orders"], got["units"]) == (24000, 4, 5)
    assert (got["shipping"], got["refunds"], got["discounts"]) == (2400, 3000, 1000)


ETSY_ITEMS = """
table = "order_line"
[constants]
platform = "etsy"
[columns]
order_id = "Order ID"
line_id = "Transaction ID"
sku = "SKU"
title = "Item Name"
quantity = "Quantity"
unit_price = "Price"
seller_discount = "Discount Amount"
shipping = "Order Shipping"
created_at = "Sale Date"
paid_at = "Date Paid"
currency = "Currency"
[amounts.shipping]
per = "order"
[dates]
order = "mdy"
time_zone = "America/New_York"
"""


def test_shipping_of_the_order_on_each_of_its_items(db, figures):
    """Case 09: two lines of one price settle nothing, the profile does."""
    assert (
        read(db, CASES / "09-etsy-sold-order-items" / "EtsySoldOrderItems2026-1.csv", ETSY_ITEMS).rejected
        == 0
    )
    got = figures()
    assert (got["gmv"], got["orders"], got["units"], got["shipping"]) == (24000, 3, 5, 1800)


SHOPIFY = """
table = "order_line"
[constants]
platform = "shopify"
[columns]
order_id = "Name"
sku = "Lineitem sku"
title = "Lineitem name"
quantity = "Lineitem quantity"
unit_price = "Lineitem price"
seller_discount = "Discount Amount"
shipping = "Shipping"
refund = "Refunded Amount"
created_at = "Created at"
paid_at = "Paid at"
currency = "Currency"
status = "Financial Status"
[amounts.refund]
includes = ["shipping"]
[status]
paid = "paid"
partially_refunded = "completed"
refunded = "cancelled"
pending = "unpaid"
"""


def test_cells_on_the_first_row_of_an_order_only(db, figures, rows):
    """Case 11: the discount of the order is shared, its paid time and currency carried down."""
    assert read(db, CASES / "11-shopify-orders-export" / "orders_export_1.csv", SHOPIFY).rejected == 0
    got = figures()
    assert (got["gmv"], got["orders"], got["discounts"]) == (32000, 5, 1000)
    assert (got["refunds"], got["refunded_shipping"]) == (7000, 600)
    lines = rows(
        "SELECT buyer_paid_cents, seller_discount_cents FROM order_line WHERE order_id = '#1002' ORDER BY sku"
    )
    assert lines == [(7385, 615), (4615, 385)]


WOO = """
table = "order_line"
[constants]
platform = "own"
currency = "USD"
[columns]
order_id = "Order Number"
sku = "SKU"
title = "Item Name"
quantity = "Quantity"
unit_price = "Item Cost"
seller_discount = "Discount Amount"
shipping = "Order Shipping Amount"
refund = "Order Refund Amount"
created_at = "Order Date"
status = "Order Status"
[dates]
time_zone = "Asia/Shanghai"
[status]
Completed = "completed"
Refunded = "cancelled"
"On hold" = "unpaid"
Processing = "paid"
"""


def test_a_table_of_a_web_shop_with_amounts_of_the_order(db, figures):
    """Case 12."""
    assert read(db, CASES / "12-woocommerce-advanced-export" / "orders-2026-01.csv", WOO).rejected == 0
    got = figures()
    assert (got["gmv"], got["shipping"], got["gmv"] - got["refunds"]) == (28000, 2400, 21400)


WECHAT = """
table = "order_line"
[constants]
platform = "wechat"
currency = "CNY"
[columns]
order_id = "订单号"
sku = "SKU编码(自定义)"
title = "商品名称"
spec = "商品属性"
quantity = "商品数量"
unit_price = "商品价格(单件)"
paid = "商品实际价格(总共)"
refund = "商品已退款金额"
shipping = "订单运费"
created_at = "订单下单时间"
paid_at = "支付时间"
status = "订单状态"
[dates]
time_zone = "Asia/Shanghai"
[status]
"已发货" = "shipped"
"已完成" = "completed"
"已取消" = "cancelled"
"""


def test_wechat_rows_with_the_shipping_of_the_order(db, figures):
    """Case 07."""
    assert read(db, CASES / "07-wechat-channels-shop" / "订单.xlsx", WECHAT).rejected == 0
    got = figures()
    assert (got["gmv"], got["refunds"], got["orders"], got["units"]) == (46000, 4000, 3, 5)
