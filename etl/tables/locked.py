"""Workbooks locked with a password: opened in memory with the password that the user gives."""

from __future__ import annotations

import io
from pathlib import Path

from etl.errors import DamagedFile, LockedFile, WrongPassword

COMPOUND = b"\xd0\xcf\x11\xe0"


def unlocked(path: Path, name: str, password: str | None) -> bytes | None:
    """The bytes of a locked workbook without its lock; None where it is not locked.

    Raises LockedFile where a password is needed, WrongPassword where this one does not open it.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    with path.open("rb") as file:
        try:
            book = msoffcrypto.OfficeFile(file)
            if not book.is_encrypted():
                return None
        except Exception:  # not a workbook of a kind that can be locked: the reader will report what is wrong
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
    return out.getvalue()
