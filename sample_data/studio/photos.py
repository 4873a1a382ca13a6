"""Which of the practice shop's things have their picture taken, and by whom they are hung."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sample_data
from sample_data.studio.seed_database import ASSISTANT
from sample_data.studio.values import Workshop
from shop.catalog import photos
from shop.db.database import Database

PHOTOS, PORTRAITS = 18, 6


@dataclass(frozen=True)
class Sitter:
    """Something that has its picture taken: whose photo it is, and what is seen."""

    kind: photos.Owner
    owner: str
    form: str
    glaze: str
    seed: int


def sitters(workshop: Workshop) -> list[Sitter]:
    """Return what is photographed: designs of every form, those that sell first, and some pieces."""
    design = {one.code: one for one in workshop.products}
    product = {one.sku: one.product for one in workshop.variants}
    sold = Counter(product[one.sku] for one in workshop.sales if one.sku in product)
    ranked = sorted(
        (code for code in design if not code.startswith("GP-")), key=lambda code: (-sold[code], code)
    )
    first_of_form = {design[code].form: code for code in reversed(ranked)}
    chosen = sorted({*first_of_form.values(), *ranked[:PHOTOS]}, key=ranked.index)[:PHOTOS]
    found = [
        Sitter("product", code, design[code].form, design[code].glaze, place)
        for place, code in enumerate(chosen)
    ]
    for one in workshop.pieces[-PORTRAITS:]:
        of = design[one.product]
        found.append(Sitter("sku", one.sku, of.form, of.glaze, int(one.number)))
    return found


def draw(sitter: Sitter) -> bytes:
    """Return the picture of one thing (a JPEG)."""
    from sample_data.studio.pictures import picture

    return picture(sitter.form, sitter.glaze, sitter.seed)


@contextmanager
def session(sitters: Sequence[Sitter]) -> Iterator[Callable[[], list[tuple[Sitter, bytes]]]]:
    """Have pictures taken by another process meanwhile; what is given returns them, waiting for it."""
    with tempfile.TemporaryDirectory(prefix="kilnboard-photos-") as folder:
        wishes = "".join(f"{one.form}\t{one.glaze}\t{one.seed}\n" for one in sitters)
        command = [sys.executable, "-m", "sample_data.studio.pictures", folder]
        root = str(Path(sample_data.__file__).parents[1])
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root) as painter:
            assert painter.stdin is not None
            with suppress(OSError):
                painter.stdin.write(wishes.encode())
                painter.stdin.close()
            try:
                yield lambda: _taken(sitters, Path(folder), painter)
            finally:
                painter.kill()


def _taken(
    sitters: Sequence[Sitter], folder: Path, painter: subprocess.Popen[bytes]
) -> list[tuple[Sitter, bytes]]:
    """The pictures that the other process took; where it could not, they are taken here."""
    painter.wait()
    found = []
    for place, one in enumerate(sitters):
        file = folder / f"{place}.jpg"
        found.append((one, file.read_bytes() if file.exists() else draw(one)))
    return found


def hang(db: Database, sitter: Sitter, picture: bytes) -> None:
    """Put a picture to what it shows."""
    prepared = photos.prepare(picture)
    photos.add(db, sitter.kind, sitter.owner, [prepared], actor=ASSISTANT)
