"""Names of platforms, in headers, in names of files and as a user may write them, and ours for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from etl.files.headers import normal

# what names a platform beyond doubt, in normal characters (see `headers.normal`)
NAMES: dict[str, re.Pattern[str]] = {
    "douyin": re.compile(r"抖音|抖店|巨量千川|千川|douyin|^aweme"),
    "kuaishou": re.compile(r"快手|快币|磁力金牛|kuaishou|kwai"),
    "xiaohongshu": re.compile(r"小红书|千帆|薯币|聚光|^笔记(?:id|标题|链接|类型|详情)|xiaohongshu|rednote"),
    "wechat_channels": re.compile(r"视频号|微信小店|wechat"),
    "bilibili": re.compile(r"哔哩|bilibili|^bvid$|^bv号|投币|硬币数"),
    "tiktok": re.compile(r"tiktok"),
    "taobao": re.compile(r"淘宝|千牛|点淘|生意参谋|taobao"),
    "tmall": re.compile(r"天猫|tmall"),
    "pinduoduo": re.compile(r"拼多多|pinduoduo"),
    "jd": re.compile(r"京东"),
    "etsy": re.compile(r"etsy"),
    "shopify": re.compile(r"shopify"),
    "youtube": re.compile(r"youtube"),
    "instagram": re.compile(r"instagram"),
}
NOT_A_NAME = re.compile(
    r"metafields|google|抖音支付|抖音月付|天猫卡券|天猫积分|天猫购物券"
)  # columns that other platforms' files have too

# headers that, together, only one platform's lists of sessions, works or comments have
ONLY: dict[str, tuple[frozenset[str], ...]] = {
    "douyin": tuple(
        frozenset(map(normal, names))
        for names in (
            ("2s跳出率", "5s完播率"),
            ("直播间成交券数",),
            ("看播成交转化率",),
            ("看播粉丝占比",),
            ("千次观看成交金额", "直播间观看人数"),
            ("峰值在线人数", "人均停留时长", "评论人数"),
            ("aweme_id",),
        )
    ),
    "xiaohongshu": (frozenset({"noteid"}), frozenset({"笔记id"})),
    "bilibili": (frozenset({"弹幕数", "投币数"}),),
    "wechat_channels": (frozenset({"喝彩次数"}), frozenset({"喝彩"})),
}
SLUG = re.compile(r"[a-z][a-z0-9_]{1,30}")


@lru_cache(maxsize=20_000)
def _named(text: str) -> frozenset[str]:
    text = NOT_A_NAME.sub("", text)
    return frozenset(name for name, pattern in NAMES.items() if pattern.search(text))


def platforms_named(text: str) -> frozenset[str]:
    """The platforms that a header or the name of a file names."""
    return _named(normal(text))


def platforms_shown(headers: Sequence[str]) -> set[str]:
    """The platforms that a header row shows: by name, or by headers that only one of them writes."""
    present = set(map(normal, headers))
    shown = {name for header in headers for name in platforms_named(header)}
    return shown | {name for name, sets in ONLY.items() if any(some <= present for some in sets)}


def platform_slug(given: str, known: Collection[str] = NAMES) -> str | None:
    """The platform that a user's word means: one of ours, by name or code, or a code of the user's own."""
    plain = given.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in known:
        return plain
    named = platforms_named(given)
    if len(named) == 1:
        return next(iter(named))
    return plain if SLUG.fullmatch(plain) else None
