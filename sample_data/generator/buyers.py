"""Fictional buyers: stable names, phones and addresses that a privacy test can search for.

Every written name has `NAME_MARK` in it, every phone begins with `PHONE_START`, every address has
`ADDRESS_MARK`; a quarter of the buyers come as the platform's ciphertext (`##...##`).
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample_data.generator.columns import Ints, Mask, joined, padded, pick, same, where

NAME_MARK = "客"
PHONE_START = "199"
ADDRESS_MARK = "试窑路"
USERNAME_MARK = "potlover_"
# What no database, log or download of ours may ever contain.
SURNAMES = tuple("陈林黄周吴徐孙马朱胡")
# What no database, log or download of ours may ever contain.
CANARY = re.compile(
    rf"[{''.join(SURNAMES)}]{NAME_MARK}\d{{7}}|{PHONE_START}\d{{8}}|{ADDRESS_MARK}"
    rf"|##\d+##|{USERNAME_MARK}\d+"
)
PLACES = (
    ("广东省", "深圳市", "南山区"),
    ("广东省", "广州市", "天河区"),
    ("浙江省", "杭州市", "西湖区"),
    ("浙江省", "宁波市", "鄞州区"),
    ("江苏省", "苏州市", "姑苏区"),
    ("上海市", "上海市", "徐汇区"),
    ("北京市", "北京市", "朝阳区"),
    ("四川省", "成都市", "武侯区"),
    ("福建省", "厦门市", "思明区"),
    ("江西省", "景德镇市", "珠山区"),
    ("山东省", "青岛市", "市南区"),
    ("湖北省", "武汉市", "武昌区"),
    ("陕西省", "西安市", "雁塔区"),
    ("内蒙古自治区", "呼和浩特市", "新城区"),
    ("新疆维吾尔自治区", "乌鲁木齐市", "天山区"),
)
STATES = ("California", "New York", "Texas", "Washington", "Oregon", "Illinois")


@dataclass(frozen=True)
class Crowd:
    """The people who buy here: a few regulars and many who come once or twice."""

    size: int

    def choose(self, rng: np.random.Generator, orders: int) -> Ints:
        """Return the buyer number of each order; a third of orders come from a tenth of people."""
        anyone = rng.random(orders) * self.size
        regular = rng.random(orders) * max(self.size / 10, 1)
        return np.where(rng.random(orders) < 0.25, regular, anyone).astype(np.int64)


def _cipher(buyer: Ints, salt: int) -> pa.Array:
    mixed = (buyer * 2_654_435_761 + salt * 40_503) % 999_999_999_989
    return joined("##", padded(mixed, 12), "##")


def is_hidden(buyer: Ints) -> Mask:
    """Return which buyers the Douyin export names by ciphertext alone: their orders have no known buyer."""
    hidden: Mask = buyer % 4 == 3
    return hidden


def personal(buyer: Ints) -> dict[str, pa.Array]:
    """Return the personal columns of the Douyin order export, the same for a buyer every time."""
    hidden = is_hidden(buyer)
    place = buyer * 7 % len(PLACES)
    name = joined(pick(SURNAMES, buyer % len(SURNAMES)), NAME_MARK, padded(buyer, 7))
    phone = joined(PHONE_START, padded(buyer, 8))
    street = joined(ADDRESS_MARK, padded(buyer % 900 + 1, 1), "号")
    return {
        "收件人": where(hidden, _cipher(buyer, 1), name),
        "收件人手机号": where(hidden, _cipher(buyer, 2), phone),
        "省": pick([province for province, _, _ in PLACES], place),
        "市": pick([city for _, city, _ in PLACES], place),
        "区": pick([district for _, _, district in PLACES], place),
        "详细地址": where(hidden, _cipher(buyer, 3), street),
    }


def tiktok_personal(buyer: Ints) -> dict[str, pa.Array]:
    """Return the personal columns of the TikTok Shop order export."""
    number = padded(buyer, 6)
    return {
        "Buyer Username": joined(USERNAME_MARK, number),
        "Recipient": joined("R*** ", number),
        "Phone #": joined("(+1)", PHONE_START, padded(buyer, 8)),
        "Country": same("United States", len(buyer)),
        "State": pick(STATES, buyer % len(STATES)),
        "Detail Address": joined(padded(buyer % 900 + 1, 1), " ", ADDRESS_MARK, " Street"),
    }
