"""Numbers in a clause: how many, how large, how much money."""

from __future__ import annotations

import re

ENGLISH_NUMBERS = {
    "two": 2,
    "pair": 2,
    "couple": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "dozen": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
}
ENGLISH_NUMBER = "|".join(ENGLISH_NUMBERS)
NUMBERED = re.compile(
    r"(?<![第蹲\d.])(?<!一套)(?<!每套)(?<!一盒)(?<!一组)(\d+|[一二两三四五六七八九十百千]+|俩|仨)(?:来|多)?(个|只|件|把|盏|套|份|枚|条|对|双|单|盒|箱|张|组)(?![装头人月]|小时|钟|星期|礼拜|工作日|学生|同学|孩子|同事|朋友|字|角|色)"
    r"|(?<=[来要买拍整留搞弄订])([俩仨])(?![人口])"
    rf"|‹(\d+|{ENGLISH_NUMBER})›(?:‹(?!(?:of|for|the|a|my|your|this|these)›)[a-z']+›)?"
    r"‹(?:cups?|mugs?|bowls?|plates?|pieces?|sets?|pcs|of|vases?|teapots?|more|ge|zhi|tao|ba|jian|dui)›"
    rf"|‹(?:order|ordered|ordering|buy|bought|need|want|get|got|grab|grabbed|take|have|like|buying|love)›(?:‹a›)?‹(\d+|{ENGLISH_NUMBER})›(?!‹(?:hours|days|weeks|months|years|times|bucks|dollars)›)"
)
PAIR = re.compile(r"[这那来要买整拿][对双](?!面|方|比|了|的|不)")
MEASURE = re.compile(
    r"(\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)\s*(毫升|厘米|公分|英寸|寸|升|‹(?:ml|cm|oz|inch|inches|l)›)"
)
UNITS = {
    "毫升": "ml",
    "‹ml›": "ml",
    "厘米": "cm",
    "公分": "cm",
    "‹cm›": "cm",
    "英寸": "in",
    "‹inch›": "in",
    "‹inches›": "in",
    "寸": "寸",
    "升": "l",
    "‹l›": "l",
    "‹oz›": "oz",
}
MONEY = re.compile(
    r"[一二两三四五六七八九几\d][百千万](?![个只套件把份年度目遍])|上[百千万]|\d{2,}(?:元|块|刀)(?!\d)"
    r"|\d{2,}(?:元|块)?(?:以内|以下|之内|封顶)|预算\d{2,}"
)
DEAR = re.compile(
    r"(?:[要卖敢竟咋得还]|居然|怎么)[^\d，]{0,2}?(?:\d{3,}|[一二两三四五六七八九几]百|[一二两三四五六七八九几上好]千|[一二几上]万)"
    r"(?!\d*多?[度年斤克人次天目遍个只套毫份号点第]|\d*多?‹)"
    r"|(?:\d{3,}|[一二两三四五六七八九几]百)多?(?:块|元)?钱?的[^\d]{0,4}[杯碗盘壶瓶罐盏]"
)
CHEAP = re.compile(
    r"(?:(?<![量月年次前天])才|只要|就要|只卖|才卖)(?:\d+(?:\.\d+)?|[一二两三四五六七八九]?十[一二三四五六七八九]?|几十)(?![天个只次年月岁分人斤度遍点几])|\d.{0,6}(?:不算啥|不算什么|不算多|不亏|真不贵)"
)
RISEN = re.compile(r"(?:怎么|咋)[就又变成要卖]{0,2}\d{2,}(?:块|元)?了")
ELSEWHERE = re.compile(
    r"(?:拼多多|拼夕夕|‹pdd›|[某淘]宝|某多|京东|闲鱼|义乌|别家|别人家|隔壁|超市|两元店|1688).{0,8}?\d+(?:\.\d)?(?![天个月年])"
)
UNIT_PRICE = re.compile(
    r"(?:\d{2,}|[一二两三四五六七八九]?[十百千][一二三四五六七八九]?十?)[元块](?:钱)?一?[个只套对把件]"
)
OFFER = re.compile(
    r"(?:\d{2,}|[一二两三四五六七八九][十百千][一二三四五六七八九十]{0,2})(?:元|块|刀)?(?:[一两俩三四五六][个只套对把件])?(?=[能行卖出可成包])"
)
BID = re.compile(
    r"(?:我出|最多|顶多|撑死)(?:\d{2,}|[一二两三四五六七八九]?[十百千])(?!\d|[^，]{0,2}[个只件套把年天次度遍人斤克])"
)
NUMERIC = re.compile(
    r"[\d一二两三四五六七八九十百千万俩仨]|[这那来要买整拿][对双]|‹(?:" + ENGLISH_NUMBER + ")›"
)
HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "俩": 2,
    "仨": 3,
}
HAN_UNITS = {"十": 10, "百": 100, "千": 1000}


def number_of(word: str) -> int:
    """A number written in digits, Chinese characters or English; 0 where it cannot be read."""
    if word in ENGLISH_NUMBERS:
        return ENGLISH_NUMBERS[word]
    if word.isdigit():
        return int(word) if len(word) < 7 else 0
    total, digit = 0, 0
    for character in word:
        if character in HAN_UNITS:
            total += (digit or 1) * HAN_UNITS[character]
            digit = 0
        elif character in HAN_DIGITS:
            digit = HAN_DIGITS[character]
    return total + digit


def measure_in(text: str) -> str:
    """The measure that a clause states, such as 500ml or 8寸; "" without one."""
    measure = MEASURE.search(text)
    if measure is None:
        return ""
    number = measure[1] if measure[1][0].isdigit() else str(number_of(measure[1]))
    return f"{number}{UNITS[measure[2]]}"


def counts_in(text: str) -> list[int]:
    """How many pieces a clause speaks of: 两只 2, 一对 2, 40 cups 40."""
    result = [2] if PAIR.search(text) else []
    for match in NUMBERED.finditer(text):
        count = number_of(match[match.lastindex or 1] if match[2] is None else match[1])
        if count:
            result.append(count * 2 if match[2] in ("对", "双") else count)
    return result
