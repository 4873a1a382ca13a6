"""ZIP archives of exported tables: unpacked with care, one member after another."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from etl.errors import LockedFile, NotATable, TooBig, WrongPassword
from etl.tables.zip_guard import MAX_WORKBOOK_MB, is_workbook, unpacking
from shop.core.errors import ShopError
from shop.db.partial import temporary_folder

TABLES = frozenset((".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".htm", ".html", ".mht"))
MAX_MEMBERS = 1_000
BLOCK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One table of an archive, unpacked: where it is, and how it is called; with its folder where two have one name."""

    path: Path
    name: str


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP archive that is no workbook."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if not file.read(4).startswith((b"PK\3\4", b"PK\5\6")):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not is_workbook(archive.namelist())
    except Exception:  # damaged: whoever opens it as a workbook reports it
        return False


@contextmanager
def unpacked(path: Path, name: str, password: str | None) -> Iterator[tuple[list[Member], list[str]]]:
    """The tables of an archive in a folder that lasts as long as the context, and the names of the rest.

    Raises TooBig, LockedFile, WrongPassword, UnsupportedArchive, DamagedFile, NotATable where it has no table.
    """
    with temporary_folder("archive") as folder:
        with unpacking(name), zipfile.ZipFile(path) as archive:
            members = _unpack(archive, folder, name, password)
        yield members


def _unpack(
    archive: zipfile.ZipFile, folder: Path, name: str, password: str | None
) -> tuple[list[Member], list[str]]:
    infos = [item for item in archive.infolist() if not item.is_dir() and not _is_hidden(item.filename)]
    size = sum(item.file_size for item in infos)
    if size > MAX_WORKBOOK_MB << 20 or len(infos) > MAX_MEMBERS:
        raise TooBig(file=name, size=size >> 20, limit=MAX_WORKBOOK_MB)
    tables = [item for item in infos if PurePosixPath(item.filename).suffix.lower() in TABLES]
    if not tables:
        raise NotATable(file=name, found="a ZIP archive without a CSV or Excel file in it")
    if any(item.flag_bits & 1 for item in tables) and not password:
        raise LockedFile(file=name)
    names = Counter(_path_of(item).name for item in tables)
    members, left = [], MAX_WORKBOOK_MB << 20
    for number, item in enumerate(tables):
        target = folder / f"{number}{PurePosixPath(item.filename).suffix.lower()}"
        left -= _write(archive, item, target, password, name, left)
        inner = _path_of(item)
        members.append(Member(target, inner.name if names[inner.name] == 1 else str(inner)))
    return members, [_path_of(item).name for item in infos if item not in tables]


def _write(
    archive: zipfile.ZipFile, item: zipfile.ZipInfo, target: Path, password: str | None, name: str, left: int
) -> int:
    """Unpack one member; how many bytes it has. A declared size may lie: the real bytes are counted."""
    size = 0
    try:
        with (
            archive.open(item, pwd=password.encode() if password else None) as source,
            target.open("wb") as out,
        ):
            while block := source.read(BLOCK):
                size += len(block)
                if size > left:
                    raise TooBig(file=name, size=size >> 20, limit=MAX_WORKBOOK_MB)
                out.write(block)
    except (OSError, ShopError, NotImplementedError):  # the last is zipfile's word for an unknown method
        raise
    except Exception as problem:  # with a wrong password the bytes are any
        if item.flag_bits & 1:
            raise WrongPassword(file=name) from problem
        raise
    return size


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _path_of(item: zipfile.ZipInfo) -> PurePosixPath:
    """The path of a member; archives created in China write it in GBK without stating so."""
    name = item.filename
    if not item.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = item.filename
    return PurePosixPath(name)
