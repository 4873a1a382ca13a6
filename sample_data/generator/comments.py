"""Comments under the studio's videos, in the way people really type."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sample_data.generator import files
from sample_data.generator.catalog import FORMS, GLAZES
from sample_data.generator.clock import DAY, beijing_text
from sample_data.generator.columns import Floats
from sample_data.generator.headers import COMMENTS, COMMENTS_SHORT
from sample_data.generator.sessions import ANCHOR
from sample_data.generator.videos import Video

# What people write, by what they want; {form} and {glaze} stand for a piece, {n} for a number.
SAYINGS = {
    "price": (
        "多少钱",
        "多少米",
        "这个{form}多少钱一个",
        "价格？",
        "{glaze}{form}咋卖",
        "啥价啊老板",
        "how much?",
        "怎麼賣",
        "求价格",
        "一对多少钱",
        "几多钱一只",
        "贵不贵🤔",
        "{form}什么价位",
        "要好多钱嘛",
    ),
    "link": (
        "有链接吗",
        "链接在哪",
        "求链接",
        "+1 求链接",
        "哪里买",
        "小黄车有吗",
        "{form}的链接发一下",
        "怎么买啊",
        "where can i buy this",
        "橱窗没找到{form}",
        "蹲链接",
        "@朋友 快看 在哪里买",
    ),
    "stock": (
        "还有货吗",
        "{glaze}{form}还有吗",
        "求补货",
        "又没了？？",
        "什么时候上新",
        "什么时候补{form}",
        "等{glaze}等了{n}天了",
        "restock please",
        "還有貨嗎",
        "手慢了😭补货补货",
        "下次开窑几号",
    ),
    "shipping": (
        "包邮不",
        "发什么快递",
        "新疆发吗",
        "几天到",
        "碎了包赔吗",
        "能发国外吗 ship to US?",
        "内蒙包邮不",
        "多久能发货，急用送人",
        "拍了{n}天了还没发货",
        "包郵嗎",
    ),
    "care": (
        "杯子能进微波炉吗",
        "可以放洗碗机吗",
        "{form}会开片吗",
        "要开壶吗",
        "含铅吗 安全不",
        "烫手吗",
        "{glaze}会不会掉色",
        "怎么清洗茶垢",
        "能装热水不",
        "is it food safe?",
        "能直接上火烧不",
    ),
    "size": (
        "{form}多大容量",
        "多少毫升",
        "{n}ml有吗",
        "比手掌大吗",
        "口径多少",
        "有大号的吗",
        "多高",
        "一只手拿得下不",
        "重不重",
    ),
    "praise": (
        "好美啊",
        "太好看了😍",
        "{glaze}绝了",
        "這個釉色太美了",
        "beautiful work!!",
        "喜欢喜欢❤️❤️❤️",
        "手艺真好",
        "已经回购{n}次了",
        "{form}收到了，比图还好看",
        "巴适得很",
        "老灵额",
        "靓到爆镜",
        "治愈",
        "这才是手艺人👍",
        "釉水真润",
        "yyds",
        "送妈妈她很喜欢",
    ),
    "complaint": (
        "碎了一个😭",
        "收到有黑点",
        "颜色和视频差太多了吧",
        "{form}盖子合不上",
        "客服不理人",
        "等了{n}天还没到",
        "口沿有个小磕碰 怎么处理",
        "太小了吧 失望",
        "发错釉色了！！",
        "申请退款{n}天了",
        "包装太差 碎成渣",
        "質量一般般",
        "not as pictured...",
        "釉面有针孔",
    ),
    "custom": (
        "能定制吗",
        "可以刻字吗",
        "想定一套{glaze}茶具",
        "{form}能做{n}个一样的吗",
        "婚礼伴手礼能做不",
        "can you make a custom {form}?",
        "能按图做{form}吗",
        "我家猫的样子能画上去吗",
    ),
    "wholesale": (
        "批发怎么联系",
        "开茶室要{n}个{form}",
        "有代理价吗",
        "民宿想订一批餐具",
        "MOQ?",
        "酒店采购找谁",
        "拿{n}个能便宜不",
    ),
    "workshop": ("可以去体验拉坯吗", "招学徒吗", "工作室在哪", "收徒不", "陶溪川哪一家啊"),
    "spam": (
        "互关互赞",
        "加V看更多{n}{n}",
        "兼职日结联系我 19900000009",
        "点我头像有惊喜",
        "=1+1",
        "http://ceramic.example/{n}",
    ),
    "chatter": (
        "来了来了",
        "第一",
        "哈哈哈哈哈",
        "666",
        "[玫瑰][玫瑰]",
        "啊这",
        "mark",
        "🔥🔥🔥",
        "主播今天几点开播",
        "这是{glaze}还是影青",
        "我爷爷也是做瓷的",
        "泥是什么泥",
        "烧到多少度",
        "气窑还是柴窑",
    ),
}
WEIGHTS = (16, 11, 10, 6, 7, 5, 20, 6, 3, 2, 2, 3, 9)
OPENINGS = ("", "", "", "", "", "老板 ", "请问", "那个，", "主播 ", "姐姐", "诶 ")
ENDINGS = (
    "",
    "",
    "",
    "",
    "？",
    "?",
    "！",
    "~",
    "😂",
    "🙏",
    "。。。",
    "呀",
    " 谢谢",
    "[捂脸]",
    " 在线等",
    "嘛",
)
REMARK_TEMPLATES = ("", "", "", "", "！", "~", "😂", "。。。", "[捂脸]", "哈哈", " 真的", "👍")
TALKS = ("price", "link", "stock", "shipping", "care", "size", "custom")
ANSWERS = (
    "在小黄车哦亲",
    "有的 主页橱窗",
    "下周三开窑补货",
    "包邮的",
    "可以的 私信客服~",
    "抱歉 联系客服给您补发",
)
NICKNAMES = (
    "茶友",
    "爱喝茶的猫",
    "momo",
    "山间",
    "小满",
    "Lily",
    "阿强",
    "用户",
    "清风",
    "瓷控",
    "豆豆妈",
    "老刘",
)


@dataclass(frozen=True)
class Comment:
    """One comment; `at` is in wall-clock seconds, `answers` is 0 for a remark of its own."""

    number: int
    answers: int
    author: int
    nickname: str
    text: str
    at: int
    likes: int
    replies: int


def make_comments(videos: list[Video], now: int, most: int, seed: int) -> list[Comment]:
    """Return the comments under the videos, at most about `most`, in order of time."""
    rng = np.random.default_rng([seed, 51])
    share = min(1.0, most / (1 + sum(_wanted(video) for video in videos)))
    remarks: list[Comment] = []
    for video in videos:
        for _ in range(int(_wanted(video) * share)):
            at = video.published + int(-np.log(1 - rng.random()) * 2.5 * DAY)
            if at <= now:
                remarks += _thread(at, now, rng.random(10))
    return sorted(remarks, key=lambda remark: (remark.at, remark.number))


def _wanted(video: Video) -> int:
    return 4 + int(min(video.views, 40_000) ** 0.5 / 4)


def _thread(at: int, now: int, draws: Floats) -> list[Comment]:
    """Return one remark, and the studio's answer where it gave one in time."""
    place = np.searchsorted(np.cumsum(WEIGHTS), draws[0] * sum(WEIGHTS), side="right")
    topic = tuple(SAYINGS)[int(place)]
    number = 7_100_000_000_000_000_000 + at * 1_000_000 + int(draws[1] * 900_000)
    author = int(draws[2] ** 2 * 6_000)
    answered = topic in TALKS and draws[3] < 0.4 and at + 3_600 <= now
    name = f"{NICKNAMES[author % len(NICKNAMES)]}{author}"
    likes = int(draws[4] ** 12 * 25_000)
    remark = Comment(number, 0, author, name, _text(topic, draws), at, likes, int(answered))
    if not answered:
        return [remark]
    words = ANSWERS[int(draws[8] * len(ANSWERS))]
    return [remark, Comment(number + 1, number, 9_999_999, ANCHOR, words, at + 3_600, 0, 0)]


def _text(topic: str, draws: Floats) -> str:
    sayings = SAYINGS[topic]
    template = sayings[int(draws[5] * len(sayings))].format(
        form=FORMS[int(draws[6] * len(FORMS))][1],
        glaze=GLAZES[int(draws[7] * len(GLAZES))][1],
        n=2 + int(draws[8] * 48),
    )
    opening = OPENINGS[int(draws[9] * len(OPENINGS))] if topic in TALKS else ""
    endings = ENDINGS if topic in TALKS else REMARK_TEMPLATES
    return f"{opening}{template}{endings[int(draws[9] * 977 % 1 * len(endings))]}"


def write_comments(folder: Path, remarks: list[Comment]) -> tuple[dict[str, int], int]:
    """Write the older remarks in full and the newest fifth in the short form.

    Some comments occur in the long file twice, as scrapers that run again write them; the second
    number is how many different remarks there are.
    """
    cut = len(remarks) * 4 // 5
    long = remarks[:cut]
    again = [remark for remark in long if remark.number % 97 == 0]
    # The short form has no parent column: threads always go to the long one.
    short = _distinct([comment for comment in remarks[cut:] if not (comment.answers or comment.replies)])
    long += [comment for comment in remarks[cut:] if comment.answers or comment.replies]
    names = {
        "douyin_comments.csv": (COMMENTS, [_row(comment) for comment in (*long, *again)]),
        "douyin_comments_short.csv": (COMMENTS_SHORT, [_row(comment)[3:] for comment in short]),
    }
    rows = {name: files.write_rows(folder / name, *table) for name, table in names.items()}
    return rows, len(long) + len(short)


def _distinct(remarks: list[Comment]) -> list[Comment]:
    """Return the comments without those that are equal in the short form."""
    return list({(comment.nickname, comment.text, comment.at): comment for comment in remarks}.values())


def _row(remark: Comment) -> list[object]:
    return [
        f"\t{remark.number}",
        f"\t{remark.answers}" if remark.answers else "-",
        f"\t{88_000_000_000 + remark.author}",
        remark.nickname,
        remark.text,
        beijing_text(remark.at),
        f"{remark.likes / 10_000:.1f}万" if remark.likes >= 10_000 else str(remark.likes),
        str(remark.replies),
    ]
