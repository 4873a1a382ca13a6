"""Views of the catalog, stock, kiln batches and costs, and of the calendar."""

from __future__ import annotations

from shop.core.enumerations import REASONS
from shop.db.dialect import as_text, calendar, shop_time
from shop.metrics.kiln_facts import batch_rows, stage_rows
from shop.models.kiln import STAGES
from shop.open_data.columns import (
    CATALOG,
    CURRENCY,
    SHOP,
    SKU,
    OpenView,
    at,
    columns,
    count,
    day,
    flag,
    money,
    text,
)

FIRST_DAY, LAST_DAY = "2000-01-01", "2099-12-31"
CALENDAR = OpenView(
    "v_calendar",
    "One day of the years 2000 to 2099.",
    "2000 至 2099 年的每一天。",
    "see_stock",
    f"FROM ({calendar(FIRST_DAY, LAST_DAY)}) t",
    columns(
        day("day", "t.day", "day", "日期"),
        day("week", "t.week", "Monday of its week", "所在周的周一"),
        text("month", "substr(t.day, 1, 7)", "month, as 2026-01", "月份，如 2026-01"),
        text("year", "substr(t.day, 1, 4)", "year", "年份"),
        count("weekday", "t.weekday", "1 Monday to 7 Sunday", "1 为周一，7 为周日"),
    ),
)

VARIANTS = OpenView(
    "v_variant",
    "One SKU of the catalog with its design.",
    "商品库中的一个 SKU 及其款式。",
    "see_stock",
    "FROM variant t JOIN variant v ON v.shop_id = t.shop_id AND v.sku = t.sku "
    "LEFT JOIN product p ON p.shop_id = t.shop_id AND p.product_code = t.product_code",
    columns(
        SHOP,
        SKU,
        text("title", "COALESCE(t.title, p.title)", "title", "标题"),
        CATALOG,
        text("clay", "p.clay", "clay", "泥料"),
        text("grade", "t.grade", "prime, second or unique", "品级"),
        text("stock_policy", "t.stock_policy", "stocked, made_to_order or one_of_a_kind", "备货方式"),
        CURRENCY,
        money("price", "t.price_cents", "price", "售价"),
        count("height_mm", "t.height_mm", "height in mm", "高（毫米）"),
        count("width_mm", "t.width_mm", "width in mm", "宽（毫米）"),
        count("volume_ml", "t.volume_ml", "volume in ml", "容量（毫升）"),
        count("weight_g", "t.weight_g", "weight in g", "重量（克）"),
        text("place", "t.place", "place in the store", "货位"),
        flag("is_archived", "t.is_archived", "no longer made", "已归档"),
    ),
)

STOCK = OpenView(
    "v_stock",
    "One SKU whose stock is tracked, as it is now.",
    "一个已记库存的 SKU 当前的库存。",
    "see_stock",
    "FROM stock_balance t LEFT JOIN variant v ON v.shop_id = t.shop_id AND v.sku = t.sku "
    "LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code",
    columns(
        SHOP,
        SKU,
        text("title", "COALESCE(v.title, p.title)", "title", "标题"),
        CATALOG,
        count("on_hand", "t.on_hand", "pieces in stock, reserved ones too", "在库件数，含预留"),
        count("reserved", "t.reserved", "pieces reserved for somebody", "预留件数"),
        count("free", "t.on_hand - t.reserved", "pieces that may still be promised", "可售件数"),
        count("presale", "t.presale", "pieces that may be sold before they are made", "允许预售件数"),
        at("tracked_from", "t.tracked_from", "since when its stock is tracked", "开始记库存的时间"),
    ),
)

STOCK_MOVEMENTS = OpenView(
    "v_stock_movement",
    "One change of one SKU's stock.",
    "一个 SKU 的一次库存变动。",
    "see_stock",
    "FROM stock_movement t",
    columns(
        SHOP,
        count("movement_id", "t.movement_id", "number of the change", "变动编号"),
        SKU,
        text("reason", "t.reason", f"one of {', '.join(REASONS)}", "原因"),
        count("on_hand", "t.on_hand", "pieces in stock more or less", "在库增减件数"),
        count("reserved", "t.reserved", "reserved pieces more or less", "预留增减件数"),
        at("moved", "t.moved_at", "when", "时间"),
        day(
            "moved_on",
            f"substr({shop_time('t.moved_at', 't.shop_id')}, 1, 10)",
            "shop day",
            "日期（店铺日历）",
        ),
        text("platform", "t.platform", "platform of the order that caused it", "相关订单的平台"),
        text("order_id", "t.order_id", "order that caused it", "相关订单号"),
        text("batch_id", "t.batch_id", "kiln batch that caused it", "相关批次"),
        count("undoes", "t.undoes", "the change that this one reverses", "撤销的变动编号"),
    ),
)

PRODUCTION = columns(
    text("batch", "t.batch", "kiln batch", "批次"),
    text("variant", "t.variant", "our SKU that is made", "制作的 SKU"),
    text("product_code", "t.product_code", "design of that SKU", "款式编码"),
    text("family", "t.family", "family of the design", "系列"),
    text("form", "t.form", "form", "器型"),
    text("glaze", "t.glaze", "glaze", "釉色"),
    text("size", "t.size", "size", "尺寸"),
    text("clay", "t.clay", "clay", "泥料"),
    text("maker", "t.maker", "who made it", "制作人"),
)
STAGE = text("stage", "t.stage", f"one of {', '.join(STAGES)}", "工序")
PART = count("part", "t.part", "part of the stage, where it was split over firings", "工序的分批编号")
_STAGES = f"FROM ({as_text(stage_rows())[0]}) t"
KILN = OpenView(
    "v_kiln",
    "One stage of one batch that is done, by parts where it was split over firings.",
    "一个批次已完成的一道工序；分窑烧制时按分批各一行。",
    "see_sums",
    _STAGES,
    columns(
        SHOP,
        day("done_on", "t.day", "day on which the stage was done", "完成日"),
        STAGE,
        PART,
        PRODUCTION,
        text("kiln", "t.kiln", "kiln", "窑炉"),
        text("firing", "t.firing", "firing", "窑次"),
        text("position", "t.position", "place in the kiln", "窑位"),
        count("pieces_in", "t.pieces_in", "pieces that went in", "进入件数"),
        count("pieces_out", "t.pieces_out", "pieces that came out whole", "完好件数"),
        count("lost", "t.lost", "pieces lost", "损耗件数"),
        count("again", "t.again", "pieces that came out unfinished and go into the kiln again", "待复烧件数"),
        text(
            "firing_pass", "t.firing_pass", "first, or further: fired again", "首次（first）或复烧（further）"
        ),
    ),
    month_of="done_on",
)

KILN_LOSSES = OpenView(
    "v_kiln_loss",
    "The cost of the pieces lost in one stage of one batch.",
    "一个批次一道工序中损耗件的成本。",
    "see_margins",
    f"{_STAGES} LEFT JOIN shop s ON s.shop_id = t.shop_id",
    columns(
        SHOP,
        day("done_on", "t.day", "day on which the stage was done", "完成日"),
        text("batch", "t.batch", "kiln batch", "批次"),
        STAGE,
        PART,
        count("lost", "t.lost", "pieces lost", "损耗件数"),
        text("currency", "COALESCE(s.currency, 'CNY')", "currency of the shop", "店铺币种"),
        money(
            "loss",
            "t.loss",
            "material and kiln share that had gone into them",
            "损耗件已投入的材料与烧成成本",
            currency="COALESCE(s.currency, 'CNY')",
        ),
    ),
    month_of="done_on",
)

BATCHES = OpenView(
    "v_batch",
    "One kiln batch that has ended.",
    "一个已结束的批次。",
    "see_sums",
    f"FROM ({as_text(batch_rows())[0]}) t",
    columns(
        SHOP,
        day("ended_on", "t.day", "day on which it ended", "结束日"),
        PRODUCTION,
        count("pieces", "t.pieces", "pieces that it began with", "投产件数"),
        count("good", "t.good", "pieces that passed the check", "合格件数"),
    ),
    month_of="ended_on",
)

UNIT_COSTS = OpenView(
    "v_unit_cost",
    "What one good piece of a SKU costs from a day on.",
    "一个 SKU 每件合格品自某日起的成本。",
    "see_margins",
    "FROM unit_cost t",
    columns(
        SHOP,
        SKU,
        day("from_on", "t.from_on", "first day", "起始日"),
        CURRENCY,
        *(
            money(name, f"t.{name}_cents", en, zh)
            for name, en, zh in (
                ("unit", "cost of one piece, all parts together", "单件成本合计"),
                ("material", "material", "材料"),
                ("kiln", "firing", "烧成"),
                ("loss", "share of the pieces lost", "损耗分摊"),
                ("packing", "packing", "包装"),
            )
        ),
        flag("is_complete", "t.is_complete", "no price or energy bill is missing", "价格与能耗齐全"),
        text(
            "batch_id",
            "t.batch_id",
            "batch that it is computed from; empty: typed in",
            "依据的批次，空为手工录入",
        ),
    ),
)
