"""The practice studio in English: what its people type and what its shops call things.

Names are translated once they are generated, so that both languages are one shop with the same figures. What viewers
write under videos stays as they write it.
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


SAID = {  # by the audience (`audience`)
    # questions
    "能进微波炉吗": "is it microwave safe",
    "可以放微波爐嗎": "can it go in the microwave",
    "微波炉可以不": "microwave ok?",
    "微波炉能用不": "does it survive the microwave",
    "请问微波炉行吗": "may I put it in the microwave",
    "能放洗碗机吗": "is it dishwasher safe",
    "洗碗机可以洗不": "dishwasher ok?",
    "可以用洗碗機嗎": "can I put it in the dishwasher",
    "多少钱": "how much is it",
    "啥价啊": "what's the price",
    "多少米": "price?",
    "怎么卖的": "how much for one",
    "价格多少呀": "what does it cost",
    "几多钱一只": "how much is one",
    "包邮吗": "is shipping free?",
    "包邮不": "free shipping?",
    "邮费多少": "how much is shipping",
    "運費多少": "what's the postage",
    "几天到": "how many days until it arrives",
    "多久发货": "when do you ship",
    "啥时候发货呀": "how soon will it ship",
    "链接在哪": "where is the link",
    "求链接": "link please",
    "哪里买": "where can I buy this",
    "怎么买呀": "how can I buy it",
    "小黄车里有吗": "is it in the basket",
    "多少毫升": "how many ml",
    "容量多大": "how much does it hold",
    "能装多少ml": "how many ml does it hold",
    "烧多少度": "what temperature do you fire to",
    "什么釉呀": "which glaze is it",
    "是气窑还是柴窑": "gas kiln or wood kiln?",
    # things wanted
    "想要一个茶壶": "I want a teapot",
    "有没有茶壶卖": "do you sell teapots",
    "茶壶有链接吗": "is there a link for the teapot",
    "蹲一个茶壶": "is there a teapot to buy",
    "什么时候出茶壶": "when will you make a teapot",
    "想要香插": "I want an incense holder",
    "有香插吗 想买": "any incense holder? I want to buy one",
    "出香插吗，想买一个": "do you make an incense holder, I want to buy one",
    "求一个香插": "link for an incense holder please",
    "天青盖碗还有吗": "is the sky blue gaiwan still available",
    "求天青盖碗补货": "please restock the sky blue gaiwan",
    "想要天青盖碗": "I want the sky blue gaiwan",
    "天青色的盖碗补货吗": "will you restock the sky blue gaiwan",
    "等一个天青盖碗": "will the sky blue gaiwan be back",
    "想要霁蓝花瓶": "I want a cobalt blue vase",
    "霁蓝花瓶还有货吗": "is the cobalt blue vase still in stock",
    "霁蓝的花瓶求补货": "please restock the cobalt blue vase",
    # leads
    "开民宿的，想批发200个杯子": "I run a guesthouse and need 200 cups, do you do wholesale",
    "茶室要一百套能批发吗": "wholesale for a tea room, a hundred sets?",
    "做代理怎么联系": "how can I become a reseller",
    "可以刻字吗，公司年会用": "can you engrave our company name on them",
    "能定制logo吗": "can you make them with our logo",
    "想定制一套婚礼用的": "can I order a custom set for a wedding",
    "可以去体验拉坯吗": "can I visit and have a try at the wheel",
    "周末能带孩子来做陶吗": "do you have a class for children at the weekend",
    "你们有体验课吗": "do you offer classes",
    "招学徒吗": "do you take apprentices",
    "收徒弟吗 想学": "can I be your apprentice",
    "招人吗，我学陶艺的": "are you hiring, I studied ceramics",
    # chatter
    "太好看了": "so beautiful",
    "釉色绝了": "that glaze is stunning",
    "這個釉色太美了": "this glaze is gorgeous",
    "手艺真好": "such skill",
    "哈哈哈哈": "hahaha",
    "前排": "first!",
    "我心都碎了，太美": "my heart breaks, so beautiful",
    "这价格比金子便宜多了呢": "so much cheaper than gold, sure",
    "好想要，可惜钱包不允许": "I want it but my wallet says no",
    "不想要茶壶，家里够多了": "don't want a teapot, I have enough",
    "收到了，比图片还好看": "it arrived, even better than the pictures",
    "别家的裂了，你家的真结实": "others cracked, yours are really sturdy",
    "这谁不爱啊": "who wouldn't love this",
    # how they begin and end
    "老板 ": "hi, ",
    "主播 ": "hello, ",
    "请问": "excuse me, ",
    "姐姐 ": "hey, ",
    "那个，": "um, ",
    "亲 ": "hi, ",
    " 在线等": " waiting here",
    " 谢谢": " thanks",
    "呀": "",
    "～": "~",
    "！": "!",
    "。。。": "...",
    # contacts and answers
    "，微信同号": ", my WeChat and phone ",
    "，加我 ": ", add me ",
    "，电话": ", phone ",
    "有的哦亲": "yes, it is there",
    "主页橱窗有链接": "the link is in our shop window",
    "可以的，放心用": "yes, don't worry",
    "包邮的": "shipping is free",
    "下周开窑，到时候通知大家": "we open the kiln next week and will tell you",
    # people
    "茶友": "Tea friend ",
    "窑边工作室": "Kilnside studio",
}
SAID_PATTERN = re.compile("|".join(map(re.escape, sorted(SAID, key=len, reverse=True))))


def said_in_english(text: str) -> str:
    """A remark of the audience with its phrases in English; contacts, emoji and codes stay."""
    return SAID_PATTERN.sub(lambda phrase: SAID[phrase[0]], text)
