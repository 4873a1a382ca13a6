"""Personal data of buyers, by the header of a column and by what a cell contains.

Names are known by their header only; telephone numbers, e-mail addresses, Chinese identity numbers, messenger
ids and streets by their own form as well. Ids, codes and barcodes are numbers too: only forms that no code of a
product has are taken for a person's. Formats: GB 11643 (identity numbers), E.164 (telephone numbers).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MASK = "●"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- by header ------------------------------------------------------------------------------------

LATIN = re.compile(r"[A-Z]+(?![a-zà-ÿß-])|[A-Z]?[a-zà-ÿß]+")
HAN = re.compile(
    r"收件(?!数|箱)|收货(?:人|地址|电话|手机|信息)|收貨(?:人|地址|電話)|买家|買家|顾客|顧客|客户(?!端)|客戶|会员名|會員名|昵称|暱稱|姓名|联系(?:人|电话|方式)|聯[絡繫]"
    r"|电话|電話|手机(?!端|版|图|详情|页)|手機|邮箱|郵箱|邮编|郵編|邮政编码|邮件|(?:电子|電子)[邮郵]|街道|身份证|身份證"
    r"|(?:微信|wechat|qq)号|旺旺|留言|备注|備註|生日|出生|送货|送貨|门牌"
    r"|(?<!图片)(?<!链接)(?<!商品)(?<!视频)(?<!网页)(?<!主图)(?<!宝贝)地址|お客様|購入者|届け先|氏名|住所|郵便番号|電話番号"
)
MEASURED = re.compile(
    r"金额|金額|货款|邮费|运费|人数|人數|数$|数量|积分|时间|时长|日期|状态|率$|省份?$|国家$"
)
PERSON = _words("""
    buyer customer recipient receiver consignee addressee purchaser shopper phone
    phones telephone tel mobile cellphone fax whatsapp wechat email mailadresse street streetname
    address addresses address1 address2 zip zipcode postcode postal postalcode firstname lastname
    surname fullname username nickname birthday birthdate passport note notes remark remarks message
    messages memo personalization personalisation käufer kaeufer kunde kunden empfänger empfaenger
    telefon telefonnummer handy handynummer straße strasse hausnummer adresse anschrift plz
    postleitzahl vorname nachname bemerkung bemerkungen nachricht anmerkung acheteur destinataire
    téléphone portable courriel rue prénom prenom remarque remarques acquirente destinatario
    destinataria telefono cellulare indirizzo cap nome cognome nota nombre apellido apellidos
    comprador cliente clienti clientes dirección direccion calle teléfono móvil movil correo
    telefone celular endereço endereco rua sobrenome cep koper klant ontvanger telefoon
    telefoonnummer straat adres voornaam achternaam opmerking opmerkingen kupujący kupujacy klient
    odbiorca ulica imię nazwisko uwagi kupující příjemce
""")
OF_PARCEL = _words("""
    ship shipping shipto billing bill billto delivery deliver contact invoice payer card
""")
PARTS = _words("""
    name city town state county province country region district company first last instructions
""")
NAMED = _words("""
    first last full user contact person family given middle real
""")
NO_PERSON = _words("""
    image images img picture url web website link page ip mac seo alt
""")
JOINED = re.compile(
    r"^(?:ship|billing|bill|buyer|customer|recipient|receiver|delivery|first|last|full|user)"
    r"(?:to)?(?:name|phone|address\d?|email|street|zip|city|code)"
    r"|^(?:käufer|kunden?|empfänger|liefer|rechnungs)(?:s?name|s?adresse|nummer|anschrift|straße|ort|plz|$)"
    r"|post(?:code|town)|zipcode|^town$|(?:käufer|empfänger|kunde)[sn]"
)


@lru_cache(maxsize=20_000)
def is_personal_header(header: str) -> bool:
    """Whether a column's header names a person, their telephone, address or e-mail, or a remark of theirs."""
    text = unicodedata.normalize("NFKC", header)
    words = [word.casefold() for word in LATIN.findall(text)]
    han = "".join(text.casefold().split())
    if HAN.search(han):
        return not MEASURED.search(han)
    if not words or NO_PERSON.intersection(words):
        return False
    if PERSON.intersection(words) or "mail" in words:
        return True
    if OF_PARCEL.intersection(words) and PARTS.intersection(words):
        return True
    if "name" in words and NAMED.intersection(words):
        return True
    return bool(JOINED.search("".join(words)))


# --- by content -----------------------------------------------------------------------------------

EMAIL = re.compile(r"[\w.+-]{1,64}\s?[@＠]\s?[\w-]+(?:\.[\w-]+)+")
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")

IDENTITY = (
    r"(?<![\dA-Za-z])[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
SURE_PHONES = re.compile(
    r"(?<![A-Za-z0-9_.-])(?:"
    r"(?:\(?(?:\+|00)86\)?[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}"  # a Chinese mobile
    r"|\+\d{1,3}[-.\s]?(?:\(\d{1,4}\)[-.\s]?)?\d(?:[-.\s]?\d){6,12}"  # with its country
    r"|\(\d{2,4}\)\s?\d{3,4}[-.\s]?\d{4}|[2-9]\d{2}-[2-9]\d{2}-\d{4}|[2-9]\d{2}\.[2-9]\d{2}\.\d{4}"  # American
    r"|0\d{2,3}-\d{7,8}(?:-\d{1,5})?"  # a Chinese landline
    r"|0\d{2,4}\s\d{3,4}\s\d{3,4}|0\d{2,4}[ /]\d{5,8}"  # British, German
    r")(?![A-Za-z0-9_-])"
)
STREET = re.compile(
    r"[\u4e00-\u9fff]{1,12}(?:路|街|巷|弄|胡同|大道|小区|花园|新村)[^,，;；\s]{0,12}?\s?\d+[-－]?\d*\s*"
    r"(?:号|號|栋|幢|弄|单元|室|楼)[^,，;；]{0,24}"
    r"|\b\d{1,5}[A-Za-z]?\s+(?:[\w.'-]+\s+){0,4}?[\w'-]*(?i:street|avenue|boulevard|blvd)\b\.?"
    r"|\b\d{1,5}[A-Za-z]?\s+(?:[A-Z][\w.'-]*\s+){1,4}(?:St|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|"
    r"Square|Sq|Close|Crescent|Highway|Hwy)\b\.?(?=\s*(?:$|[,;\n#\d]|Apt|Unit|Suite))"
    r"|\b[A-ZÄÖÜ][\wäöüß.-]*\s?(?:straße|strasse|str\.|weg|gasse|platz|allee)\s+\d{1,4}\s?[a-z]?\b"
    r"|\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|chemin|impasse)\s+[\w' -]{3,40}"
    r"|\b(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Cc]alle|[Aa]venida|[Rr]ua)\s+[A-ZÀ-Ý][\w' -]{2,40}?,?\s+\d{1,4}\b"
    r"|\bP\.?\s?O\.?\s?Box\s+\d+"
)
_IDENTITY = re.compile(IDENTITY)
HINT = re.compile(r"[\d@＠]")


def mask_places(text: str) -> str:
    """What somebody typed, with identity numbers and streets replaced by ●."""
    return STREET.sub(_blot, _IDENTITY.sub(_blot_identity, text)) if HINT.search(text) else text


def mask_contacts(text: str) -> str:
    """Text of a shop's own (a title, a reason), with what can only be a person's replaced by ●.

    Mobile numbers, e-mail addresses, identity numbers and streets; codes and counts stay.
    """
    if not HINT.search(text):
        return text
    plain = text.translate(DIGITS)
    masked = EMAIL.sub(_blot, plain) if "@" in plain or "＠" in plain else plain
    masked = mask_places(SURE_PHONES.sub(_blot, masked))
    return text if masked == plain else masked


def hide_contacts(value: Any, name: str = "") -> Any:
    """A cell of a row that was rejected: ● instead of one with contacts, for a name may be next to them."""
    is_personal = isinstance(value, str) and not _is_id(name, value) and has_contacts(value)
    return MASK if is_personal else value


def has_contacts(text: str) -> bool:
    """Whether a cell contains what can only be a person's."""
    return mask_contacts(text) != text


def _blot(match: re.Match[str]) -> str:
    return MASK * len(match[0])


def _blot_identity(match: re.Match[str]) -> str:
    """An identity number has a check digit: an order number of 18 digits passes it once in eleven times a century."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(match[0], weights, strict=False)) % 11
    return MASK * len(match[0]) if "10X98765432"[rest] == match[0][-1].upper() else match[0]


# --- values of any depth --------------------------------------------------------------------------

ID_NAME = re.compile(
    r"(?:^|_|[a-z])(?:id|ids|code|key|sku|no|number|barcode|gtin|ean|upc|isbn|price|cents|at|hash)$",
    re.IGNORECASE,
)


def without_contacts(value: Any, name: str = "") -> Any:
    """A JSON value with the contacts in its texts masked; a plain number under the name of an id is one."""
    if isinstance(value, str):
        return value if _is_id(name, value) else mask_contacts(value)
    if isinstance(value, dict):
        return {key: without_contacts(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [without_contacts(item, name) for item in value]
    return value


OWN_TEXTS = frozenset(  # what a listing itself consists of, under these names in its extras
    (
        "description",
        "Body (HTML)",
        "images",
        "tags",
        "materials",
        "variations",
        "options",
        "sku",
        "SKU",
        "grams",
    )
)


def without_people(extras: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a file that are stored as they are, without those of a person, by header and by content."""
    result: dict[str, Any] = {}
    for name, value in extras.items():
        if name in OWN_TEXTS:
            result[name] = value
        elif is_personal_header(name):
            continue
        elif isinstance(value, Mapping):
            if cleaned := without_people(value):
                result[name] = cleaned
        elif not (isinstance(value, str) and has_contacts(value) and not _is_id(name, value)):
            result[name] = value
    return result


def _is_id(name: str, value: str) -> bool:
    return value.isdigit() and bool(ID_NAME.search(name))


def clean_extras(stored: str | None) -> str | None:
    """Stored extras (JSON) without personal data; None where nothing is left."""
    value = json.loads(stored) if stored else None
    if stored is None or not isinstance(value, dict):
        return stored
    cleaned = without_people(value)
    return stored if cleaned == value else json.dumps(cleaned, ensure_ascii=False) if cleaned else None
