"""Which encoding the text of a file has: UTF-8, UTF-16, GB18030, Big5, Shift JIS or a western one."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from etl.errors import BadEncoding

HEAD_BYTES = 256 << 10
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Survey:
    """How a whole file reads in one encoding: its characters beyond ASCII, those of Chinese, broken places."""

    characters: int
    chinese: int
    broken: int


def detect_encoding(path: Path, name: str, head: bytes, given: str | None) -> tuple[str, int]:
    """The encoding of a file and the length of its byte order mark in bytes; raises BadEncoding.

    `given` is the encoding that the user named. Judged by the whole file: a few broken characters, wherever
    they are, do not change what the file is written in.
    """
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(bom):
            return encoding, len(bom)
    if given:
        if not _is_codec(given) or survey(path, given).broken:
            raise BadEncoding(file=name, encoding=given)
        return given, 0
    utf8 = survey(path, "utf-8")
    if not utf8.broken or utf8.characters >= 2 * utf8.broken:
        return "utf-8", 0
    chinese = survey(path, "gb18030")
    if chinese.chinese >= 0.6 * chinese.characters and chinese.characters >= 20 * chinese.broken:
        return _eastern(head), 0
    if _is_western(head):
        return "cp1252", 0
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise BadEncoding(file=name, encoding="UTF-8 / UTF-16 / GB18030")
    return best.encoding, 0


def _is_codec(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def survey(path: Path, encoding: str) -> Survey:
    """Read a whole file in one encoding and count."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    characters = chinese = broken = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            if block.isascii() and not decoder.getstate()[0]:
                continue
            text = decoder.decode(block)
            beyond = len(text) - len(text.encode("ascii", "ignore"))
            bad = text.count(BROKEN)
            characters, broken = characters + beyond - bad, broken + bad
            if encoding == "gb18030":
                chinese += len(CHINESE.findall(text))
    broken += decoder.decode(b"", final=True).count(BROKEN)
    return Survey(characters, chinese, broken)


BROKEN = "�"
CHINESE = re.compile("[一-鿿　-〿！-～]")


def needs_care(path: Path, encoding: str) -> bool:
    """Whether the fast reader could read a file otherwise than it was written.

    It could where characters are broken, and where quotation marks are uneven within a line: a cell with
    line breaks, or a mark that is never closed.
    """
    if encoding not in ("utf-8", "gb18030"):
        return encoding.startswith("utf-16")
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    is_open = False
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK_BYTES):
                if (not block.isascii() or decoder.getstate()[0]) and BROKEN in decoder.decode(block):
                    return True
                if b"\0" in block:
                    return True
                if is_open or b'"' in block:
                    uneven, is_open = _uneven(block, is_open)
                    if uneven:
                        return True
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return True
    return is_open


NEITHER_MARK_NOR_END = bytes(set(range(256)).difference(b'"\n\r'))


def _uneven(block: bytes, is_open: bool) -> tuple[bool, bool]:
    """Whether a line within this block has an uneven number of marks, and whether its last line has."""
    marks = b'"' * is_open + block.translate(None, NEITHER_MARK_NOR_END)
    unpaired = marks.replace(b'""', b"").replace(b"\r", b"\n")
    whole, _, last = unpaired.rpartition(b"\n")
    return b'"' in whole, bool(last)


COMMON = {  # the first bytes of the characters that nearly all text consists of, and where it is stored
    "gb18030": ("gb2312", range(0xA1, 0xD8)),
    "cp950": ("big5", range(0xA1, 0xC7)),
    "cp932": ("shift_jis", range(0x81, 0x99)),
}


def _eastern(head: bytes) -> str:
    """The encoding in which most characters are common ones: bytes of one are rare characters in another."""

    def share(encoding: str) -> float:
        codec, common = COMMON[encoding]
        text = head.decode(encoding, "replace")
        beyond = [character.encode(codec, "ignore") for character in text if character > "\x7f"]
        return sum(len(code) == 2 and code[0] in common for code in beyond) / max(len(beyond), 1)

    return max(COMMON, key=share)


WESTERN = frozenset("£€§°éèêëàâäáãåçñöôòóõøüûúùíìîïßÄÖÜÉÈÊÀÂÁÇÑÅØÓÚÍæÆœŒ’‘“”–—…«»¿¡ºª·×½¼¾®©™²³µ±´\xa0")


def _is_western(head: bytes) -> bool:
    """Whether the text is cp1252: nearly all its characters beyond ASCII are of western Europe."""
    beyond = [character for character in head.decode("cp1252", "replace") if character > "\x7f"]
    return sum(character in WESTERN for character in beyond) >= 0.95 * len(beyond)
