"""Layouts of other back offices, files written by hand from public descriptions: answers of the owner, true figures."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "data" / "layouts"
LAYOUTS = {
    "wix.csv": (
        {"constants.platform": "own", "dates.time_zone": "America/New_York"},
        {"gmv": 21700, "shipping": 1800, "orders": 3, "units": 5, "refunds": 2000},
    ),
    "faire.csv": (
        {
            "constants.platform": "faire",
            "amounts.unit_price.per": "piece",
            "constants.currency": "USD",
            "dates.time_zone": "America/New_York",
        },
        {"gmv": 45600, "orders": 2, "units": 24},
    ),
    "youzan.csv": (
        {"constants.platform": "wechat", "constants.currency": "CNY", "dates.time_zone": "Asia/Shanghai"},
        {"gmv": 53000, "shipping": 1000, "orders": 3, "units": 5, "refunds": 5000, "discounts": 2000},
    ),
    "shopee.csv": (
        {"constants.platform": "shopee", "constants.currency": "MYR", "dates.time_zone": "Asia/Kuala_Lumpur"},
        {"gmv": 8500, "shipping": 980, "orders": 2, "units": 3},
    ),
    "amazon_handmade.txt": (
        {"constants.platform": "amazon", "amounts.unit_price.per": "line", "columns.paid_at": "-"},
        {"gmv": 13000, "shipping": 1200, "orders": 2, "units": 3},
    ),
    "douyin_old.csv": (
        {"constants.platform": "douyin", "constants.currency": "CNY", "dates.time_zone": "Asia/Shanghai"},
        {"gmv": 40000, "shipping": 600, "orders": 3, "units": 4, "refunds": 10000},
    ),
    "square_items.csv": (
        {"constants.platform": "square", "constants.currency": "USD", "dates.time_zone": "America/New_York"},
        {"gmv": 17200, "orders": 2, "units": 4},
    ),
    "xiaohongshu.csv": (
        {
            "constants.platform": "xiaohongshu",
            "constants.currency": "CNY",
            "dates.time_zone": "Asia/Shanghai",
        },
        {"gmv": 39000, "orders": 3, "units": 4, "shipping": 800},
    ),
    "amazon_report.csv": (  # its cancelled rows have no pieces
        {
            "constants.platform": "amazon",
            "dates.time_zone": "Asia/Kolkata",
            "status.Shipped - Returned to Seller": "completed",
        },
        {"gmv": 83550, "orders": 3, "units": 4},
    ),
    "ebay.csv": (
        {"constants.platform": "ebay", "constants.currency": "USD", "dates.time_zone": "America/New_York"},
        {"gmv": 125000, "shipping": 2000, "orders": 2, "units": 3},
    ),
    "erp.csv": (
        {"constants.platform": "taobao", "constants.currency": "CNY", "dates.time_zone": "Asia/Shanghai"},
        {"gmv": 30000, "shipping": 1200, "orders": 2, "units": 3, "refunds": 10000},
    ),
    "etsy_gbp.csv": (  # shipping less its own discount
        {"constants.platform": "etsy", "dates.time_zone": "Europe/London"},
        {"gmv": 101200, "shipping": 1200, "orders": 2, "units": 3, "refunds": 2000},
    ),
    "jd.csv": (  # the order's sum is its list value, another column what was settled
        {
            "constants.platform": "jd",
            "constants.currency": "CNY",
            "dates.time_zone": "Asia/Shanghai",
            "columns.paid": "结算金额",
            "amounts.paid.includes": "-",
            "amounts.unit_price.per": "piece",
        },
        {"gmv": 35000, "shipping": 1200, "orders": 2, "units": 4},
    ),
    "lazada.csv": (  # a row a piece; of the line, as only that makes the sums true
        {
            "constants.platform": "lazada",
            "constants.currency": "MYR",
            "dates.time_zone": "Asia/Kuala_Lumpur",
            "columns.paid_at": "-",
            "status.returned": "completed",
            "amounts.shipping.per": "line",
        },
        {"gmv": 25000, "orders": 2, "units": 3, "refunds": 6000},
    ),
    "olist.csv": (
        {
            "constants.platform": "olist",
            "constants.currency": "BRL",
            "dates.time_zone": "America/Sao_Paulo",
            "amounts.shipping.per": "line",
        },
        {"gmv": 21988, "shipping": 3666, "orders": 2, "units": 3},
    ),
    "minne.csv": (  # Japanese, in Shift JIS
        {
            "constants.platform": "own",
            "constants.currency": "JPY",
            "dates.time_zone": "Asia/Tokyo",
            "money.decimal": ".",
            "status.発送済み": "shipped",
            "status.入金待ち": "unpaid",
        },
        {"gmv": 4800, "units": 2, "orders": 1, "shipping": 500},
    ),
    "prestashop.csv": (  # French, each amount with its €
        {"constants.platform": "own", "dates.time_zone": "Europe/Paris"},
        {"gmv": 7370, "units": 3, "orders": 2, "shipping": 590, "discounts": 480},
    ),
    "shopee_tw.csv": (  # traditional characters, in Big5
        {
            "constants.platform": "shopee",
            "constants.currency": "TWD",
            "dates.time_zone": "Asia/Taipei",
            "money.decimal": ".",
            "status.不成立": "cancelled",
        },
        {"gmv": 100000, "units": 2, "orders": 1, "shipping": 6000},
    ),
    "tiktok_gbp.csv": (  # of two sums the one of the line's goods; shipping after its discount, once an order
        {"constants.platform": "tiktok", "constants.currency": "GBP", "dates.time_zone": "Europe/London"},
        {"gmv": 13000, "shipping": 600, "orders": 1, "units": 3, "discounts": 1000},
    ),
    "till.csv": (  # a row with pieces below zero takes them back
        {
            "constants.platform": "own",
            "constants.currency": "USD",
            "dates.time_zone": "America/New_York",
            "amounts.unit_price.per": "piece",
        },
        {"gmv": 9000, "units": 3, "orders": 2, "refunds": 3000},
    ),
    "1688.csv": (  # cells of the order on its first row only, a discount below zero
        {
            "constants.platform": "own",
            "constants.currency": "CNY",
            "dates.time_zone": "Asia/Shanghai",
            "amounts.paid.includes": "shipping",
            "amounts.unit_price.per": "piece",
        },
        {"gmv": 135000, "orders": 2, "units": 250, "shipping": 5000},
    ),
    "shopline.csv": (  # traditional characters, the sums of the order on each of its rows
        {
            "constants.platform": "own",
            "dates.time_zone": "Asia/Taipei",
            "money.decimal": ".",
            "status.處理中": "paid",
        },
        {"gmv": 250000, "orders": 2, "units": 4, "shipping": 16000, "refunds": 30000, "discounts": 10000},
    ),
    "minishop.csv": (  # names of columns as programs write them, moments in milliseconds
        {"constants.platform": "wechat_channels", "constants.currency": "CNY", "columns.paid_at": "pay_time"},
        {"gmv": 20000, "orders": 1, "units": 2},
    ),
    "woo_one_row.csv": (
        {"constants.platform": "own", "dates.time_zone": "America/New_York"},
        {"gmv": 19000, "shipping": 1200, "orders": 2},
    ),
}
