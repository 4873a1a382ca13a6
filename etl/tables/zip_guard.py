"""The check of a ZIP archive before it is unpacked: no workbook, damaged, locked or too large is rejected."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from etl.errors import DamagedFile, LockedFile, NotATable, TooBig, UnsupportedArchive
from shop.core.errors import ShopError

MAX_WORKBOOK_MB = 1_024
SMALL_BYTES = 8 << 20
MOST_SMALL_CELLS = 5_000_000
BLOCK_BYTES = 1 << 20
REFERENCE = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,9})["']""")


def is_workbook(members: Sequence[str]) -> bool:
    """Whether an archive with these members is a workbook."""
    return any(member.startswith(("xl/", "content.xml")) for member in members)


@contextmanager
def unpacking(name: str) -> Iterator[None]:
    """Turn any failure of unpacking into UnsupportedArchive or DamagedFile: each method of compression has its own."""
    try:
        yield
    except (ShopError, MemoryError):
        raise
    except NotImplementedError as problem:  # zipfile knows no such compression or encryption
        raise UnsupportedArchive(file=name) from problem
    except Exception as problem:
        raise DamagedFile(file=name, found="the archive does not unpack") from problem


def check_zip(path: Path | BinaryIO, name: str) -> bool:
    """Refuse archives that are no workbook, are damaged, or unpack to more than the limit.

    True where the workbook is an XLSX so small that its cells take little memory, wherever they are.
    """
    with unpacking(name), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if not is_workbook([member.filename for member in members]):
            raise NotATable(file=name, found="a ZIP archive inside another one")
        if any(member.flag_bits & 1 for member in members):
            raise LockedFile(file=name)
        unpacked, last = sum(member.file_size for member in members), _LastCell()
        if unpacked > MAX_WORKBOOK_MB << 20:
            raise TooBig(file=name, size=unpacked >> 20, limit=MAX_WORKBOOK_MB)
        for member in members:  # no more is read than is declared, and a declared size that lies fails here
            with archive.open(member) as part:
                while block := part.read(BLOCK_BYTES):
                    last.see(block)
        is_xlsx = any(member.filename.endswith("sheet1.xml") for member in members)
        return is_xlsx and unpacked <= SMALL_BYTES and last.area <= MOST_SMALL_CELLS


class _LastCell:
    """How far the cells of worksheets in XML reach, by the references in them."""

    def __init__(self) -> None:
        self._column, self._row, self._end = 1, 1, b""

    def see(self, block: bytes) -> None:
        """Look at the next bytes of a worksheet."""
        for column, row in REFERENCE.findall(self._end + block):
            self._row = max(self._row, int(row))
            self._column = max(self._column, _number_of(column))
        self._end = block[-20:]

    @property
    def area(self) -> int:
        """The cells of the smallest rectangle from the first cell that contains all."""
        return self._row * self._column


def _number_of(column: bytes) -> int:
    number = 0
    for character in column:
        number = number * 26 + character - 64
    return number
