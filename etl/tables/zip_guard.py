"""The check of a ZIP archive before it is unpacked: no workbook, damaged, locked or too large is rejected."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from etl.errors import DamagedFile, LockedFile, NotATable, TooBig

MAX_WORKBOOK_MB = 1_024
UNREADABLE = (  # what zipfile raises for an archive that it cannot unpack
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # a method of compression or encryption that zipfile does not know
)


def is_workbook(members: Sequence[str]) -> bool:
    """Whether an archive with these members is a workbook."""
    return any(member.startswith(("xl/", "content.xml")) for member in members)


def check_zip(path: Path | BinaryIO, name: str) -> None:
    """Refuse archives that are no workbook, are damaged, or unpack to more than the limit."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > MAX_WORKBOOK_MB << 20:
                raise TooBig(file=name, size=size >> 20, limit=MAX_WORKBOOK_MB)
            if not is_workbook([member.filename for member in members]):
                raise NotATable(file=name, found="a ZIP archive inside another one")
            if any(member.flag_bits & 1 for member in members):
                raise LockedFile(file=name)
            for member in members:  # a declared size may lie: the check sum is over the real bytes
                with archive.open(member) as part:
                    while part.read(1 << 20):
                        pass
    except UNREADABLE as problem:
        raise DamagedFile(file=name, found="the archive does not unpack") from problem
