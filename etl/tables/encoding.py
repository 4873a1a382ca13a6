"""Which encoding the text of a file has: UTF-8, UTF-16, GB18030 or a western one."""

from __future__ import annotations

import codecs
from pathlib import Path

from etl.errors import BadEncoding

HEAD_BYTES = 256 << 10


def detect_encoding(
    path: Path, name: str, head: bytes, given: str | None, *, thorough: bool
) -> tuple[str, int]:
    """The encoding of a file and the length of its byte order mark in bytes; raises BadEncoding.

    `given` is the encoding that the user named; `thorough` judges by the whole file, not by its beginning.
    """
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(bom):
            return encoding, len(bom)
    if given:
        if not _decodes(path, given):
            raise BadEncoding(file=name, encoding=given)
        return given, 0
    if not thorough and _begins_as(head, "utf-8"):
        return "utf-8", 0  # should it turn out otherwise further down, the table is opened again
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding, 0
    if _decodes_mostly(head, "utf-8"):
        return "utf-8", 0  # a few broken bytes: their rows are rejected, the rest is read
    if _is_western(head):
        return "cp1252", 0
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise BadEncoding(file=name, encoding="UTF-8, UTF-16 or GB18030")
    return best.encoding, 0


def _begins_as(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return True


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in this encoding; GB18030 must also look like Chinese."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    chinese = other = 0
    with path.open("rb") as file:
        try:
            while block := file.read(1 << 20):
                if block.isascii():
                    continue
                text = decoder.decode(block)
                if encoding == "gb18030" and chinese + other < 1 << 16:
                    chinese += sum(
                        "一" <= character <= "鿿" or "　" <= character <= "〿" or "！" <= character <= "～"
                        for character in text
                    )
                    other += sum(character > "\x7f" for character in text)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return encoding != "gb18030" or chinese >= 0.6 * other


WESTERN = frozenset("£€§°éèêëàâäáãåçñöôòóõøüûúùíìîïßÄÖÜÉÈÊÀÂÁÇÑÅØÓÚÍæÆœŒ’‘“”–—…«»¿¡ºª·×½¼¾®©™²³µ±´\xa0")


def _is_western(head: bytes) -> bool:
    """Whether the text is cp1252: nearly all its letters beyond ASCII are of western Europe."""
    beyond = [character for character in head.decode("cp1252", "replace") if character > "\x7f"]
    return sum(character in WESTERN for character in beyond) >= 0.95 * len(beyond)


def _decodes_mostly(head: bytes, encoding: str) -> bool:
    text = head.decode(encoding, "replace")
    return text.count("�") * 200 < sum(character > "\x7f" for character in text)
