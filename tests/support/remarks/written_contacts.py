"""Texts with contacts as people write them, and texts that only look like it; the contact of each is known."""

from __future__ import annotations

import random
from dataclasses import dataclass

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
FINANCIAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
BEFORE = (
    "想定做一套茶具，",
    "老板批发怎么联系 ",
    "好喜欢！",
    "我们民宿要200个，",
    "请问招学徒吗？",
    "",
    "Love this! ",
    "急，",
)
AFTER = ("", " 谢谢", "，麻烦了", "～", "😂", "。看到请回", " thanks")
WECHAT = (
    "微信{id}",
    "微信：{id}",
    "加我微信 {id}",
    "V❤{id}",
    "v❤️ {id}",
    "vx:{id}",
    "VX {id}",
    "wx{id}",
    "薇信 {id}",
    "加V {id}",
    "➕v：{id}",
    "+v{id}",
    "威信号{id}",
    "微❤：{id}",
    "wechat: {id}",
    "My WeChat is {id}",
    "加薇 {id}",
    "绿泡泡 {id}",
    "qq {id}",
    "WhatsApp {id}",
)
PHONE = (
    "{n}",
    "电话{n}",
    "手机 {n}",
    "{n}微信同号",
    "微信同号 {n}",
    "call me {n}",
    "加我 {n}",
    "打这个 {n}",
    "联系方式：{n}",
)
EMAIL = ("{m}", "邮箱{m}", "发我邮箱 {m}", "email me at {m}", "mail: {m}")
DECOYS = (
    "订单号{order} 什么时候发",
    "烧到{t}度，保温{h}小时",
    "{y}-{mo:02d}-{d:02d} 开窑",
    "高{a}cm 宽{b}cm 容量{ml}ml",
    "{p}元太贵了，{q}行不行",
    "买了{n}个，碎了{h}个",
    "直播间{n}号链接",
    "物流SF{order12}到哪了",
    "有微信群吗",
    "do you have wechat?",
    "whatsapp group please",
    "line art on this cup is lovely",
    "第{n}次回购了",
    "{y}年{mo}月{d}日收到的",
    "@朋友 快来看",
    "加我一个",
    "微信支付可以吗",
    "电话打不通",
    "13.5cm 和 18.6cm 差多少",
    "look at this cup. so nice",
    "一个{p} 两个{q}",
    "qq糖一样的釉色",
    "vx是什么",
    "1234567 上山打老虎",
    "这个釉色66666666",
)


@dataclass(frozen=True)
class Written:
    """One text; `contact` is the plain contact in it, "" where there is none."""

    text: str
    contact: str


def phone_of(rng: random.Random) -> str:
    return f"1{rng.choice('3456789')}{rng.randrange(10**9):09d}"


def spelled(number: str, rng: random.Random) -> str:
    """A phone number in one of the spellings."""
    way = rng.randrange(9)
    groups = (number[:3], number[3:7], number[7:])
    if way == 0:
        return number.translate(WIDE)
    if way == 1:
        return number.translate(CHINESE).replace("一", rng.choice("一幺"))
    if way == 2:
        return " ".join(groups)
    if way == 3:
        return "-".join(groups)
    if way == 4:
        return rng.choice("lI") + number[1:].replace("0", rng.choice("0oO"), 1)
    if way == 5:
        return "+86 " + number
    if way == 6:
        return groups[0] + groups[1].translate(CHINESE) + groups[2]
    if way == 7:
        return ".".join(groups)
    return number.translate(FINANCIAL) if rng.random() < 0.5 else number


def handle_of(rng: random.Random) -> str:
    word = "".join(rng.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(rng.randrange(4, 8)))
    return word + rng.choice(("", "_")) + str(rng.randrange(10, 99_999))


def written(rng: random.Random) -> Written:
    """One text of a seed's stream: three of four have a contact."""
    kind = rng.randrange(4)
    before, after = rng.choice(BEFORE), rng.choice(AFTER)
    if kind == 0:
        number = phone_of(rng)
        return Written(before + rng.choice(PHONE).format(n=spelled(number, rng)) + after, number)
    if kind == 1:
        name = handle_of(rng)
        return Written(before + rng.choice(WECHAT).format(id=name) + after, name)
    if kind == 2:
        name, host = handle_of(rng), rng.choice(("qq.com", "163.com", "gmail.com", "mail.example.cn"))
        shape = rng.choice(("{a}@{b}", "{a}＠{b}", "{a} @ {b}", "{a}@{c}", "{a} at {d}"))
        mail = shape.format(a=name, b=host, c=host.replace(".", "点", 1), d=host.replace(".", " dot "))
        return Written(before + rng.choice(EMAIL).format(m=mail) + after, name)
    fields = {
        "order": rng.randrange(10**18, 10**19),
        "order12": rng.randrange(10**11, 10**12),
        "t": rng.randrange(800, 1350),
        "h": rng.randrange(1, 9),
        "y": rng.randrange(2021, 2027),
        "mo": rng.randrange(1, 13),
        "d": rng.randrange(1, 29),
        "a": rng.randrange(3, 40),
        "b": rng.randrange(3, 40),
        "ml": rng.randrange(30, 900),
        "p": rng.randrange(20, 3000),
        "q": rng.randrange(20, 3000),
        "n": rng.randrange(2, 300),
    }
    return Written(before.replace("麻烦", "") + rng.choice(DECOYS).format(**fields) + after, "")
