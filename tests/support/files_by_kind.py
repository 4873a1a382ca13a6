"""The small files of every kind, and the answers that importing them needs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.profiles import kind as generic
from etl.profiles import model

DATA = Path(__file__).parents[1] / "etl" / "data"


@dataclass(frozen=True)
class Sample:
    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    own_profile: str | None = None
    top: int = 1  # header rows

    @property
    def path(self) -> Path:
        return DATA / self.name

    @property
    def kind(self) -> Any:
        if self.own_profile is None:
            return None
        return generic.kind_of(model.load(DATA / self.own_profile))


SAMPLES = (
    Sample("douyin_orders.csv", encoding="gb18030"),
    Sample("aftersale.csv"),
    Sample("settlement.csv", encoding="gb18030", top=2),
    Sample("tiktok_long.csv", {"dates": "dmy", "currency": "MYR"}, top=2),
    Sample("tiktok_24.csv"),
    Sample("works_fractions.csv"),
    Sample("works_percent.csv", encoding="utf-16"),
    Sample("sessions_creator.csv"),
    Sample("sessions_laike.csv", encoding="gb18030"),
    Sample("商品_2025-10-01_2025-10-31.csv", {"period": "2025-10-01..2025-10-31"}),
    Sample("comments_long.csv", {"platform": "douyin"}),
    Sample("comments_short.csv", {"platform": "douyin"}, encoding="gb18030"),
    Sample("online_retail.csv", encoding="cp1252"),
    Sample("tmall.csv", encoding="gb18030"),
    Sample("etsy.csv", {"saved_at": 1_760_000_000}),
    Sample("shopify.csv", {"saved_at": 1_760_000_000}),
    Sample("kuaishou_orders.csv"),
    Sample("kuaishou_refunds.csv"),
    Sample("pinduoduo.csv"),
    Sample("wechat_orders.csv"),
    Sample("taobao_orders.csv", encoding="gb18030"),
    Sample("taobao_items.csv", encoding="gb18030"),
    Sample("xiaohongshu.csv"),
    Sample("etsy_orders.csv"),
    Sample("etsy_order_items.csv"),
    Sample("shopify_orders.csv"),
    Sample("woocommerce.csv"),
    Sample("square_items.csv", {"currency": "USD"}),
    Sample("fund_flow.csv", encoding="gb18030"),
    Sample("tiktok_settlement.csv"),
    Sample("etsy_statement.csv"),
    Sample("qianchuan.csv"),
    Sample("tiktok_returns.csv"),
    Sample("tiktok_sessions.csv"),
    Sample("tiktok_works.csv"),
    Sample("danmaku_20260110_200000.csv", {"platform": "douyin"}),
    Sample("ordini.csv", encoding="cp1252", own_profile="ordini.toml"),
)
