"""Contacts in a comment: phone numbers, messenger ids and e-mail addresses in the spellings people use.

Digits may be full-width, Chinese (一三九), circled or Latin signs of the same shape (l3, O), with blanks, dots or emoji
between them. A number is a contact when it is a mobile number, an international or area-code number, or when a word
such as 微信, V❤, 电话 or WhatsApp comes before it; order numbers, dates, sizes and prices are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shop.core.personal import MASK, mask_places

DIGITS = str.maketrans(
    "０１２３４５６７８９〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺①②③④⑤⑥⑦⑧⑨＠．＋－＿：",
    "0123456789" + "00" + "123456789" + "123456789" + "1" + "123456789" + "@.+-_:",
)
WIDE_LATIN = {
    wide: wide - 0xFEE0
    for first, last in ((0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for wide in range(first, last + 1)
}
LOOKALIKES = str.maketrans("lI|oOQ", "111000")

GAP = r"[^\w\n]{0,3}"
MOBILE = re.compile(rf"(?<!\d)(?:\+?{GAP}8{GAP}6{GAP})?1{GAP}[3-9](?:{GAP}\d){{9}}(?!{GAP}\d)")
LANDLINE = re.compile(r"(?<![\d.])(?:\(0\d{2,3}\)|0\d{2,3})[-\s]?\d{7,8}(?!\d)")
FOREIGN = re.compile(r"(?<!\d)\+\s?[1-9](?:[-\s.()]{0,2}\d){7,13}(?!\d)")
EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?@\s?[a-z0-9-]+(?:\s?(?:\.|。|点|\(dot\)|\[dot\])\s?[a-z0-9-]+)+",
    re.IGNORECASE | re.ASCII,
)
TOP = r"(?:com|cn|net|org|edu|me|io|co|jp|kr|hk|tw|uk|de|fr|us)"
EMAIL_IN_WORDS = re.compile(
    rf"[a-z0-9][\w.+-]{{0,63}}\s?(?:@|\(at\)|\[at\]|\sat\s|艾特|圈a|#)\s?[a-z0-9-]+"
    rf"(?:\s?(?:\.|。|点|\(dot\)|\[dot\]|\sdot\s)\s?[a-z0-9-]+)*\s?(?:\.|。|点|\(dot\)|\[dot\]|\sdot\s)\s?{TOP}(?![a-z])",
    re.IGNORECASE | re.ASCII,
)
HEART = "[❤♥💚💗💕心]\ufe0f?"
MESSENGER = (
    rf"(?:微信号?|微\s?信|威信|薇信|徽信|维信|微{HEART}|薇{HEART}|威{HEART}|v信|v{HEART}|wei信|weixin|we\s?chat|wx|vx|v\s?x"
    r"|\bwe\s?xin|绿泡泡|绿色软件|绿信|微博|weibo|qq|扣扣|q\s?q号?|企鹅号?|whats\s?app|telegram|tg|\bline\b|instagram|ig|ins"
    r"|kakao|skype|小红书号|主页号)"
)
CALL = r"(?:电话|手机号?|手机号码|联系方式|热线|座机|致电|打我|call(?:\sme)?|phone|mobile|tel|号码)"
ADD = (
    r"(?:(?:加|\+|➕|＋|十|佳)\s?(?:一下)?\s?(?:我|个|下)?\s?(?:的)?\s?(?:v|V|薇|微|威|卫星|wei|👆)"
    r"|加我|add\sme(?:\son)?|找我|联系我?)"
)
BETWEEN = r"(?:\W{0,3}(?:号码?|账号|是|为|搜索?|找|(?:id|add|at|on|is|number|no)(?![a-z0-9_])\.?|[:=])\W{0,3}|\W{0,4})"
HANDLE = r"[a-z0-9][a-z0-9_\-.]{4,24}"
AFTER_WORD = re.compile(
    rf"(?P<word>{MESSENGER}|{ADD})(?P<between>{BETWEEN}{BETWEEN})(?P<id>(?!{MESSENGER}(?![a-z0-9_])){HANDLE})(?![a-z0-9])",
    re.IGNORECASE,
)
BEFORE_WORD = re.compile(
    rf"(?<![a-z0-9_])(?P<id>[a-z0-9][a-z0-9_\-]{{4,24}})\W{{0,3}}(?:是|\()?\s?(?:我的?|本人)?{MESSENGER}",
    re.IGNORECASE,
)
CALLED = re.compile(rf"{CALL}{BETWEEN}(?P<id>\d(?:{GAP}\d){{6,12}})(?!\d)", re.IGNORECASE)
SEPARATORS = re.compile(r"[:=是为号]|id|搜", re.IGNORECASE)
CHINESE_WORD = re.compile(r"[\u4e00-\u9fff❤♥💚]|^(?:vx|wx|v|\+v)$", re.IGNORECASE)
MAYBE = re.compile(
    rf"@|＠|艾特|\bat\b|圈a|{MESSENGER}|{ADD}|(?:[\d０-９〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺①-⑨lIoO]\W{{0,3}}){{7}}",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\d.])(?:\+?\d{1,3}[-\s]?)?(?:\(\d{2,4}\)[-\s]?)?\d(?:[-\s]?\d){6,13}(?![\d.])")
DATE = re.compile(r"(?:19|20)\d\d[-\s](?:0?[1-9]|1[0-2])[-\s](?:0?[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Contact:
    """One contact: its kind (phone, messenger, email), its place in the text, and the id alone."""

    kind: str
    start: int
    end: int
    value: str


def find_contacts(remark: str) -> list[Contact]:
    """The contacts of a text in the order of their places; none overlap."""
    if not MAYBE.search(remark):
        return []
    text = remark.translate(DIGITS).translate(WIDE_LATIN)
    alike = _with_lookalikes(text)
    matches = [
        Contact("email", *match.span(), match[0])
        for shape in (EMAIL, EMAIL_IN_WORDS)
        for match in shape.finditer(text)
    ]
    matches += [Contact("phone", *match.span(), _digits(match[0])) for match in MOBILE.finditer(alike)]
    matches += [
        Contact("phone", *match.span(), _digits(match[0]))
        for shape in (FOREIGN, LANDLINE)
        for match in shape.finditer(text)
        if not DATE.fullmatch(match[0])
    ]
    matches += [Contact("phone", *match.span("id"), _digits(match["id"])) for match in CALLED.finditer(text)]
    matches += [
        Contact("messenger", *match.span("id"), match["id"])
        for match in AFTER_WORD.finditer(text)
        if _is_handle(match["id"], match["word"], match["between"])
    ]
    matches += [
        Contact("messenger", *match.span("id"), match["id"])
        for match in BEFORE_WORD.finditer(text)
        if re.search(r"\d", match["id"]) and re.search(r"[a-z_]|\d{5}", match["id"], re.IGNORECASE)
    ]
    result: list[Contact] = []
    for contact in sorted(matches, key=lambda item: (item.start, -item.end)):
        if not result or contact.start >= result[-1].end:
            result.append(contact)
    return result


def _with_lookalikes(text: str) -> str:
    """The text with signs of the shape of a digit as digits, in runs that are mostly digits."""

    def digits(match: re.Match[str]) -> str:
        run = match[0]
        return run.translate(LOOKALIKES) if sum(sign.isdecimal() for sign in run) >= 8 else run

    return re.sub(r"(?<![A-Za-z])[\dlI|oOQ](?:[^\w\n]{0,3}[\dlI|oOQ]){10,13}(?![A-Za-z\d])", digits, text)


def _digits(text: str) -> str:
    plus = "+" if text.lstrip().startswith("+") else ""
    return plus + "".join(sign for sign in text if sign.isdecimal())


NO_HANDLE = re.compile(rf"{MESSENGER}|{DATE.pattern}|\d+\.\d+(?:cm|ml|mm|g|kg|oz)?", re.IGNORECASE)


def _is_handle(name: str, word: str, between: str) -> bool:
    """Whether what follows a messenger's name is an id: with a digit or _, or after a separator or a Chinese word."""
    if NO_HANDLE.fullmatch(name):
        return False
    if re.search(r"[\d_]", name):
        return not re.fullmatch(r"\d{1,5}", name) and not re.fullmatch(
            r"\d+(?:cm|ml|mm|g|kg|oz)", name, re.IGNORECASE
        )
    if SEPARATORS.search(between):
        return True
    return bool(CHINESE_WORD.search(word)) and len(name) >= 6


def mask_personal(remark: str) -> str:
    """The text with contacts, streets and every other number of 7 to 14 digits replaced by ●; a date stays."""
    if not MAYBE.search(remark):
        return mask_places(remark)
    text = list(remark.translate(WIDE_DIGITS))
    for contact in find_contacts(remark):
        text[contact.start : contact.end] = MASK * (contact.end - contact.start)
    return mask_places(NUMBER.sub(_blotted_number, "".join(text)))


WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def _blotted_number(match: re.Match[str]) -> str:
    return match[0] if DATE.fullmatch(match[0]) else MASK * len(match[0])
