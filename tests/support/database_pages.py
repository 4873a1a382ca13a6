"""The pages of a SQLite file, to damage them (https://www.sqlite.org/fileformat.html, 1.3 and 1.6)."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from shop.db.database import sqlite_driver

LEAVES = (0x0A, 0x0D)


def page_size(raw: bytes | bytearray) -> int:
    return int.from_bytes(raw[16:18])


def leaf_pages(path: Path, name: str) -> list[int]:
    """The leaf pages of a table or index, from 0, in the order of its keys."""
    with closing(sqlite_driver().connect(str(path))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return list(leaves(path.read_bytes(), root - 1))


def leaves(raw: bytes, page: int) -> Iterator[int]:
    """The leaf pages below a page."""
    begin = page * page_size(raw)
    header = begin + (100 if page == 0 else 0)
    if raw[header] in LEAVES:
        yield page
        return
    for place in range(int.from_bytes(raw[header + 3 : header + 5])):
        cell = begin + int.from_bytes(raw[header + 12 + 2 * place : header + 14 + 2 * place])
        yield from leaves(raw, int.from_bytes(raw[cell : cell + 4]) - 1)
    yield from leaves(raw, int.from_bytes(raw[header + 8 : header + 12]) - 1)


def spoil(path: Path, pages: list[int], content: bytes) -> None:
    """Write the same content over these pages, as far as it goes."""
    raw = bytearray(path.read_bytes())
    size = page_size(raw)
    for page in pages:
        raw[page * size : (page + 1) * size] = content[:size].ljust(size, b"\0")
    path.write_bytes(raw)
