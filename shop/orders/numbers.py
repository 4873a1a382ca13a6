"""Order numbers as searchable text: written with the orders, read in one pass, whatever part is looked for.

A table of texts (some thousand numbers each) is read and searched in a few hundredths of a second for a
million orders, and costs the import next to nothing; an index of all parts of all numbers would cost more
than the orders themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from typing import Any

FEWEST_CHARACTERS = 3
NO_NUMBER = ("", "#", "(")  # lines that are counted, and whole orders: shop/orders/merging.py
INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
FORMULA = re.compile(r'^=?"(.*)"$')


def cleaned_number(text: str) -> str:
    """An order number without what a spreadsheet or a chat puts around it: tab, apostrophe, ="…", blanks."""
    result = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    while True:
        stripped = result.strip("'‘’`\"“”#,;:，；：。、")
        stripped = FORMULA.sub(r"\1", stripped).removeprefix('="').removeprefix("=")
        if stripped == result:
            return result
        result = stripped


def may_be_number(text: str) -> bool:
    """Whether a cleaned text may be part of an order number: three or more signs of ASCII that numbers have."""
    return len(text) >= FEWEST_CHARACTERS and bool(re.fullmatch(r"[0-9A-Za-z/_.#-]+", text))


def is_number(text: str) -> bool:
    """Whether it is more likely (part of) an order number than a word: it has a digit, too."""
    return may_be_number(text) and any(character.isdigit() for character in text)


def add_numbers(
    cursor: Any, shop_id: int, platform: str, orders: Sequence[str], lines: Sequence[str]
) -> None:
    """Write the numbers of new order lines, inside the transaction of the load."""
    numbers = _searchable(zip(orders, lines, strict=True))
    cursor.execute(
        "INSERT INTO order_numbers (shop_id, platform, numbers) VALUES (?, ?, ?)",
        (shop_id, platform, "\n".join(dict.fromkeys(numbers))),
    )


def remove_numbers(
    cursor: Any, shop_id: int, platform: str, gone: Sequence[tuple[Any, ...]], remaining: Container[str]
) -> None:
    """Take the numbers of these lines (order, line) away; that of an order stays while the order is `remaining`."""
    numbers = set(_searchable(gone))
    if not numbers:
        return
    once = {number for number in numbers if number in remaining}  # where it stands first
    place = (shop_id, platform)
    chunks = cursor.execute(
        "SELECT chunk_id, numbers FROM order_numbers WHERE shop_id = ? AND platform = ? ORDER BY chunk_id",
        place,
    ).fetchall()
    for chunk, joined in chunks:
        known = joined.split("\n")
        left = [number for number in known if number not in numbers or number in once]
        once.difference_update(left)
        if not left:
            cursor.execute("DELETE FROM order_numbers WHERE chunk_id = ?", (chunk,))
        elif len(left) < len(known):
            cursor.execute(
                "UPDATE order_numbers SET numbers = ? WHERE chunk_id = ?", ("\n".join(left), chunk)
            )


def _searchable(lines: Iterable[tuple[str, str]]) -> list[str]:
    return [order if line == order or line[:1] in NO_NUMBER else f"{order} {line}" for order, line in lines]


def orders_with(
    cursor: Any, shop_id: int, part: str, *, platform: str | None = None, limit: int = 50
) -> list[tuple[str, str]]:
    """Platform and number of the orders whose number, or a line's number, contains this part in any case.

    Those read last come first. An order that was taken away since may be among them.
    """
    values: list[Any] = [shop_id]
    sql = "SELECT platform, numbers FROM order_numbers WHERE shop_id = ?"
    if platform:
        sql += " AND platform = ?"
        values.append(platform)
    matches: dict[tuple[str, str], None] = {}
    is_cased, part = part.upper() != part.lower(), part.upper()
    for name, numbers in cursor.execute(f"{sql} ORDER BY chunk_id DESC", values):
        searched = numbers.upper() if is_cased else numbers
        if len(searched) != len(numbers):  # a sign that is two in capitals, such as ß
            searched = numbers
        at = searched.find(part)  # in Python twice as fast as instr() of SQLite
        while at >= 0 and len(matches) < limit:
            start, end = numbers.rfind("\n", 0, at) + 1, numbers.find("\n", at)
            end = end if end >= 0 else len(numbers)
            matches[name, numbers[start:end].partition(" ")[0]] = None
            at = searched.find(part, end)
        if len(matches) >= limit:
            break
    return list(matches)
