"""Workbooks locked with a password: opened in memory with the password that the user gives."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO

from etl.errors import DamagedFile, LockedFile, WrongPassword

COMPOUND = b"\xd0\xcf\x11\xe0"


def is_locked(path: Path) -> bool:
    """Whether a workbook wants a password."""
    with path.open("rb") as file:
        return _locked_book(file) is not None


def _locked_book(file: BinaryIO) -> Any:
    """The locked workbook in a file; None where it is none: the reader will report what else is wrong."""
    if file.read(len(COMPOUND)) != COMPOUND:
        return None
    file.seek(0)
    import msoffcrypto

    try:
        book = msoffcrypto.OfficeFile(file)
        return book if book.is_encrypted() else None
    except Exception:
        return None


def unlocked(path: Path, name: str, password: str | None) -> bytes | None:
    """The bytes of a locked workbook without its lock; None where it is not locked.

    Raises LockedFile where a password is needed, WrongPassword where this one does not open it.
    """
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    with path.open("rb") as file:
        book = _locked_book(file)
        if book is None:
            return None
        if not password:
            raise LockedFile(file=name)
        out = io.BytesIO()
        try:
            if isinstance(book, OOXMLFile):
                book.load_key(password=password, verify_password=True)
            else:  # older formats verify it in any case
                book.load_key(password=password)
            book.decrypt(out)
        except (InvalidKeyError, DecryptionError) as problem:
            raise WrongPassword(file=name) from problem
        except FileFormatError as problem:
            raise DamagedFile(file=name, found=str(problem)) from problem
        except MemoryError:
            raise
        except Exception as problem:  # the library fails in many ways on a damaged lock
            raise DamagedFile(file=name, found=type(problem).__name__) from problem
    return out.getvalue()
