"""The practice studio in English: what its people type and what its shops call things.

Names are translated once they are generated, so that both languages are one shop with the same figures. What viewers
write stays as they write it.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

PHRASES = {
    # families, clays, boxes, places
    "茶杯": "Tea cups",
    "茶器": "Tea ware",
    "咖啡杯": "Coffee cups",
    "餐具": "Tableware",
    "香道": "Incense",
    "高白泥": "White porcelain clay",
    "粗陶泥": "Coarse stoneware clay",
    "紫金土": "Zijin clay",
    "青花料": "Cobalt blue",
    "铜红料": "Copper red",
    "小盒": "Small box",
    "中盒": "Medium box",
    "大盒": "Large box",
    "珍珠棉": "Foam wrap",
    "三宝瓷泥厂": "Sanbao Clay Works",
    "湖田老泥坊": "Hutian Clay",
    "新平釉料行": "Xinping Glazes",
    "昌南包装": "Changnan Packaging",
    "孤品柜": "Cabinet",
    "个": "pcs",
    "米": "m",
    # kilns, positions, people
    "大电窑": "Big electric kiln",
    "小电窑": "Small electric kiln",
    "气窑": "Gas kiln",
    "柴窑": "Wood kiln",
    "上层": "top",
    "中层": "middle",
    "下层": "bottom",
    "窑头": "front",
    "窑中": "centre",
    "窑尾": "back",
    "老陈": "Chen",
    "小林": "Lin",
    "阿梅": "Mei",
    "窑主": "Owner",
    # forms, glazes, sizes
    "斗笠杯": "Bamboo-hat tea cup",
    "主人杯": "Master tea cup",
    "盖碗": "Gaiwan",
    "公道杯": "Fairness pitcher",
    "马克杯": "Mug",
    "茶壶": "Teapot",
    "花器": "Vase",
    "餐盘": "Plate",
    "饭碗": "Rice bowl",
    "香插": "Incense holder",
    "青瓷": "Celadon",
    "影青": "Shadow blue",
    "天青": "Sky blue",
    "釉里红": "Underglaze red",
    "青花": "Blue-and-white",
    "柴烧": "Wood-fired",
    "钧红": "Jun red",
    "乌金": "Black gold",
    "哑光白": "Matte white",
    "粉青": "Powder celadon",
    "小号": "Small",
    "中号": "Medium",
    "大号": "Large",
    "孤品": "One of a kind",
    "窑变坯": "Kiln-change blank",
    "窑变": "Kiln change",
    "微瑕": "Second",
    "编号": "No.",
    "一物一图": "",
    "釉": "glaze",
    "架-": " shelf ",
    # notes
    "今晚直播留 1 只": "one for tonight's session",
    "王姐要配一对": "a pair for Ms Wang",
    "拍短视频用": "for a video",
    "上架时磕碰": "knocked on the shelf",
    # sessions and videos
    "开窑啦！新一窑青瓷现场挑": "Kiln opening! Choose your celadon live",
    "手作主人杯 一杯一色": "Master cups, each its own colour",
    "茶席搭配 现场讲泥料": "Setting a tea table, and a talk on clays",
    "孤品专场 只此一件": "One of a kind: single pieces tonight",
    "拉坯直播 聊聊釉色": "Throwing live, and a talk on glazes",
    "返场福利 微瑕捡漏": "Back again: seconds at a good price",
    "釉里红出窑 看看脸色": "Underglaze red out of the kiln",
    "开窑的一瞬间": "as the kiln opens",
    "一只": "How many hands make one:",
    "要过多少道手": "",
    "是怎么烧出来的": "how it is fired",
    "修坯声音太治愈了": "The sound of trimming",
    "今天拉了四十只": "Forty thrown today:",
    "这窑": "Half of a kiln lost:",
    "烧坏了一半": "",
    "客人定做的": "Made to order:",
    "出窑了": "",
    "怎么选大小": "which size to choose",
    "景德镇的清晨 从揉泥开始": "Morning in Jingdezhen begins with wedging",
    "把": "Listen to it break:",
    "摔给你听": "",
    "釉料配方失败第七次": "The glaze failed for the seventh time",
    "遇到冰天雪地": "in the snow",
    "#景德镇": "#Jingdezhen",
    "#陶瓷": "#ceramics",
    "#手作": "#handmade",
    "#茶器": "#teaware",
    "#开窑": "#kilnopening",
    "#瓷器": "#porcelain",
    "#治愈": "#calm",
    "#拉坯": "#throwing",
}
PATTERN = re.compile("|".join(map(re.escape, sorted(PHRASES, key=len, reverse=True))))


def in_english(value: Any) -> Any:
    """A value with every name in it translated: text, tuple, mapping or dataclass of such."""
    if isinstance(value, str):
        if value.isascii():
            return value
        words = PATTERN.sub(lambda found: f" {PHRASES[found[0]]} ", value)
        return value if words == value else " ".join(words.split())
    if isinstance(value, tuple | list | set | frozenset):
        return type(value)(in_english(item) for item in value)
    if isinstance(value, dict):
        return {in_english(key): in_english(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.init]
        return replace(value, **{name: in_english(getattr(value, name)) for name in names})
    return value
