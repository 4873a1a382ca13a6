"""Views of live sessions, videos, comments and advertising, and of what belongs to each session or video."""

from __future__ import annotations

from shop.open_data.columns import (
    CARRIER,
    CURRENCY,
    PLATFORM,
    SELLER,
    SHOP,
    OpenView,
    ViewColumn,
    at,
    columns,
    count,
    day,
    flag,
    money,
    number,
    text,
)

SESSION = text("session_id", "t.session_id", "live session (room id)", "直播场次 ID")
VIDEO = text("video_id", "t.video_id", "video", "视频 ID")


def _counts(*counts: tuple[str, str, str]) -> tuple[ViewColumn, ...]:
    """Counts as the platform states them: missing is unknown, never 0."""
    return tuple(count(name, f"t.{name}", en, zh) for name, en, zh in counts)


AUDIENCE = _counts(
    ("views", "plays, not people", "观看或播放次数"),
    ("viewers", "people", "观看人数"),
    ("impressions", "times it was shown", "曝光次数"),
    ("product_impressions", "times products were shown", "商品曝光次数"),
    ("product_clicks", "clicks on products", "商品点击次数"),
    ("comments", "comments as the platform counts", "评论次数"),
    ("likes", "likes", "点赞次数"),
    ("shares", "shares", "分享次数"),
    ("followers_gained", "new followers", "新增粉丝"),
)
SESSIONS = OpenView(
    "v_session",
    "One live session in one currency: its own, and each other one that orders of it were paid in.",
    "一场直播在一个币种下的数据：本场币种，以及其订单涉及的其他币种各一行。",
    "see_sums",
    """
FROM live_session t
JOIN (SELECT shop_id, platform, session_id, currency FROM live_session
  UNION SELECT shop_id, platform, session_id, currency FROM session_sum WHERE is_headline) c
  ON c.shop_id = t.shop_id AND c.platform = t.platform AND c.session_id = t.session_id
LEFT JOIN session_sum o ON o.shop_id = t.shop_id AND o.platform = t.platform AND o.session_id = t.session_id
  AND o.currency = c.currency AND o.is_headline
LEFT JOIN (SELECT shop_id, platform, MIN(day) AS first_on, MAX(day) AS last_on FROM fact_day WHERE lines > 0
  GROUP BY shop_id, platform) k ON k.shop_id = t.shop_id AND k.platform = t.platform
  AND c.currency = t.currency AND t.started_on BETWEEN k.first_on AND k.last_on
""",
    columns(
        SHOP,
        PLATFORM,
        SESSION,
        text("currency", "c.currency", "currency of the amounts (ISO 4217)", "金额的币种（ISO 4217）"),
        flag(
            "is_main",
            "c.currency = t.currency",
            "the row in its own currency: one a session",
            "本场币种的行，每场一行",
        ),
        text("account", "t.account", "account that was live", "开播账号"),
        text("title", "t.title", "title", "标题"),
        at("started", "t.started_at", "when it started", "开播时间"),
        at("ended", "t.ended_at", "when it ended", "下播时间"),
        day("started_on", "t.started_on", "shop day on which it started", "开播日（店铺日历）"),
        count("seconds", "t.seconds", "seconds on air", "直播时长（秒）"),
        AUDIENCE,
        _counts(
            ("exposed_viewers", "people that it was shown to", "曝光人数"),
            ("product_viewers", "viewers who saw a product", "商品曝光人数"),
            ("product_clickers", "viewers who clicked a product", "商品点击人数"),
            ("watch_seconds", "seconds watched by all viewers", "观看总时长（秒）"),
            ("peak_viewers", "most viewers at once", "最高在线人数"),
            ("average_viewers", "viewers at once on average", "平均在线人数"),
        ),
        text(
            "basis",
            "o.basis",
            "what orders and gmv are by: room, time or stated by the platform; empty: no order belongs to it",
            "订单与成交的依据：room 按直播间、time 按时间、stated 平台口径；空为无归属订单",
        ),
        *(
            count(
                name,
                f"CASE WHEN o.basis IS NOT NULL THEN o.{name} WHEN k.platform IS NOT NULL THEN 0 END",
                en,
                zh,
            )
            for name, en, zh in (
                ("orders", "orders that belong to it; empty: unknown", "归属订单数，空为未知"),
                ("units", "pieces in them", "归属件数"),
            )
        ),
        money(
            "gmv",
            "CASE WHEN o.basis IS NOT NULL THEN o.gmv_cents WHEN k.platform IS NOT NULL THEN 0 END",
            "gmv of those orders",
            "归属成交金额",
            currency="c.currency",
        ),
        money(
            "stated_gmv",
            "CASE WHEN c.currency = t.currency THEN t.gmv_cents END",
            "gmv as the platform states it",
            "平台给出的成交金额",
            currency="c.currency",
        ),
        count("buyers", "t.buyers", "buyers as the platform counts", "成交人数（平台口径）"),
        flag("is_inferred", "t.is_inferred", "no source states it, orders name it", "仅由订单推断出的场次"),
    ),
    month_of="started_on",
)

MINUTES = OpenView(
    "v_session_minute",
    "One minute of a live session, as the platform counts it.",
    "直播的一分钟，平台口径。",
    "see_sums",
    "FROM live_minute t",
    columns(
        SHOP,
        PLATFORM,
        SESSION,
        at("minute", "t.minute_at", "beginning of the minute", "该分钟的开始"),
        AUDIENCE,
        _counts(
            ("orders_created", "orders placed", "下单数"),
            ("orders", "orders paid", "支付订单数"),
            ("units", "pieces", "件数"),
        ),
        CURRENCY,
        money("gmv", "t.gmv_cents", "gmv as the platform states it", "平台给出的成交金额"),
    ),
)

VIDEOS = OpenView(
    "v_video",
    "One published video with its totals at the latest reading.",
    "一条短视频，截至最近一次读取的累计数据。",
    "see_sums",
    "FROM video t",
    columns(
        SHOP,
        PLATFORM,
        VIDEO,
        text("title", "t.title", "title", "标题"),
        text("form", "t.form", "video, image_text …", "体裁"),
        text("creator", "t.creator", "public name of the account", "发布账号"),
        at("published", "t.published_at", "when it came out", "发布时间"),
        day("published_on", "t.published_on", "shop day on which it came out", "发布日（店铺日历）"),
        _counts(
            ("seconds", "length in seconds", "时长（秒）"),
            ("views", "plays", "播放量"),
            ("likes", "likes", "点赞量"),
            ("comments", "comments as the platform counts", "评论量"),
            ("shares", "shares", "分享量"),
            ("favorites", "favourites", "收藏量"),
            ("followers_gained", "new followers", "涨粉"),
        ),
        number(
            "average_watch_seconds",
            "t.average_watch_seconds",
            "seconds watched on average",
            "平均播放时长（秒）",
        ),
        number("finish_rate", "t.finish_rate", "share of plays to the end", "完播率"),
    ),
    month_of="published_on",
)

VIDEO_DAYS = OpenView(
    "v_video_day",
    "What one video gained on one day, where the platform gives it.",
    "一条短视频某日新增的数据（平台提供时）。",
    "see_sums",
    "FROM video_day t",
    columns(
        SHOP,
        PLATFORM,
        VIDEO,
        day("day", "t.day", "day", "日期"),
        _counts(
            ("views", "plays", "播放量"),
            ("likes", "likes", "点赞量"),
            ("comments", "comments", "评论量"),
            ("shares", "shares", "分享量"),
            ("followers_gained", "new followers", "涨粉"),
            ("product_clicks", "clicks on products", "商品点击次数"),
            ("orders", "orders as the platform states them", "订单数（平台口径）"),
            ("units", "pieces as the platform states them", "件数（平台口径）"),
        ),
        CURRENCY,
        money("gmv", "t.gmv_cents", "gmv as the platform states it", "平台给出的成交金额"),
    ),
    month_of="day",
)

CONTENT_DAYS = OpenView(
    "v_content_day",
    "Sales of one shop day by the session or video that they belong to; the rows of a day add up to the shop's.",
    "每日成交按归属的直播场次或视频；一天各行相加等于全店。",
    "see_sums",
    "FROM fact_stream t",
    columns(
        SHOP,
        day("day", "t.day", "shop day of payment", "支付日（店铺日历）"),
        PLATFORM,
        CURRENCY,
        CARRIER,
        SELLER,
        text(
            "kind",
            "t.kind",
            "session, video, or empty where the content is unknown",
            "session、video，或空（未知）",
        ),
        text("content_id", "t.content_id", "the session or video", "直播场次或视频 ID"),
        text(
            "attribution",
            "t.attribution",
            "A named, B by id, C by time, D unknown",
            "归属等级：A 平台标明 … D 未知",
        ),
        count("orders", "t.orders", "paid orders", "成交订单数"),
        count("units", "t.units", "pieces sold", "成交件数"),
        money("gmv", "t.gmv_cents", "gmv", "成交金额"),
        money(
            "provisional",
            "t.provisional_cents",
            "of it, what the platform will still restate",
            "其中平台次日才确定的部分",
        ),
    ),
    month_of="day",
)

COMMENTS = OpenView(
    "v_comment",
    "One remark on a video, in a live session or as a review; contacts are masked in the text.",
    "一条评论、直播弹幕或评价；文字中的联系方式已打码。",
    "see_sums",
    """
FROM comment t LEFT JOIN comment_label b ON b.shop_id = t.shop_id AND b.platform = t.platform
  AND b.comment_id = t.comment_id
""",
    columns(
        SHOP,
        PLATFORM,
        text("comment_id", "t.comment_id", "comment", "评论 ID"),
        text("parent_id", "t.parent_id", "the comment that it replies to", "回复的评论 ID"),
        VIDEO,
        SESSION,
        text("order_id", "t.order_id", "order that it reviews", "评价的订单号"),
        text("product_id", "t.product_id", "product id of the platform", "平台商品 ID"),
        text("text", "t.text", "what was written", "内容"),
        text("language", "t.language", "zh, en …", "语言"),
        at("written", "t.written_at", "when it was written", "评论时间"),
        day("written_on", "t.written_on", "shop day on which it was written", "评论日（店铺日历）"),
        count("second", "t.second", "second of the session", "直播第几秒"),
        count("likes", "t.likes", "likes", "点赞"),
        count("replies", "t.replies", "replies", "回复数"),
        count("stars", "t.stars", "stars of a review", "评价星级"),
        flag("is_live", "t.is_live", "written in a live session", "直播弹幕"),
        flag("is_review", "t.is_review", "a review of an order", "订单评价"),
        flag("is_own", "t.is_own", "written by the shop itself", "本店账号所写"),
        flag("is_question", "t.is_question", "asks something", "提问"),
        at("answered", "t.answered_at", "when it was answered", "回复时间"),
        text("answered_how", "t.answered_how", "reply, host, platform, hand …", "回复方式"),
        text("intents", "b.intents", "what the writer wants, joined with commas", "意图，以逗号分隔"),
        text("sentiment", "b.sentiment", "positive, negative, mixed or neutral", "情感"),
    ),
    month_of="written_on",
)

AUTHORS = OpenView(
    "v_author",
    "One author of comments on one day. The numbers are of this view alone: they name no buyer and no comment.",
    "一位评论者的一天。编号只在本视图内有效，不对应买家或某条评论。",
    "see_sums",
    """
FROM (
  SELECT c.shop_id, c.platform, c.written_on, COUNT(*) AS comments,
    DENSE_RANK() OVER (PARTITION BY c.shop_id ORDER BY a.first_comment, a.author_key) AS author
  FROM comment c JOIN (
    SELECT shop_id, author_key, MIN(platform || ' ' || comment_id) AS first_comment FROM comment
    WHERE author_key IS NOT NULL AND NOT is_own GROUP BY shop_id, author_key
  ) a ON a.shop_id = c.shop_id AND a.author_key = c.author_key
  WHERE NOT c.is_own
  GROUP BY c.shop_id, c.platform, c.written_on, a.first_comment, a.author_key
) t
""",
    columns(
        SHOP,
        PLATFORM,
        count("author", "t.author", "the same number for the same author", "同一评论者为同一编号"),
        day("day", "t.written_on", "shop day on which they wrote", "评论日（店铺日历）"),
        count("comments", "t.comments", "comments of that day", "当日评论数"),
    ),
)

AD_SPEND = OpenView(
    "v_ad_spend",
    "What advertising cost on one day: an account, a plan, a product or a live session. The same money may be there at "
    "several levels.",
    "一天的投放花费：按账户、计划、商品或直播场次。同一笔钱可能在几个级别里都有。",
    "see_margins",
    "FROM ad_spend t",
    columns(
        SHOP,
        PLATFORM,
        day("day", "t.day", "day", "日期"),
        text(
            "account",
            "t.account",
            "account, plan, product or session, in one key",
            "账户、计划、商品、场次合成的键",
        ),
        text("advertiser", "t.advertiser", "advertising account", "投放账户"),
        text("level", "t.level", "account, plan, product or session", "级别：账户、计划、商品、场次"),
        text("product_id", "t.product_id", "product of the platform", "平台商品 ID"),
        text("session_id", "t.session_id", "live session", "直播场次 ID"),
        CURRENCY,
        money("amount", "t.amount_cents", "cost", "花费"),
    ),
    month_of="day",
)
