"""What labels can be on: every SKU, every numbered piece, every place; and the words below their symbol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shop.catalog.label_codes import LabelKind, LabelSubject, codes_for
from shop.core.errors import ShopError
from shop.core.text import full_title
from shop.db.database import Database
from shop.stock.ledger import cursor_of

SUBJECTS = """
SELECT v.sku, COALESCE(p.title, v.title, v.sku), COALESCE(v.title, v.size, ''), COALESCE(v.place, ''), i.number
FROM variant v
LEFT JOIN product p ON p.shop_id = v.shop_id AND p.product_code = v.product_code
LEFT JOIN piece i ON i.shop_id = v.shop_id AND i.sku = v.sku
WHERE v.shop_id = ? AND NOT v.is_archived ORDER BY 4, 2, 3, 1
"""


class NoSuchSubject(ShopError):
    """Neither a SKU of the catalog nor a place of one."""

    message = "“{subject}” is neither a SKU nor a place of the catalog."


@dataclass(frozen=True)
class LabelEntry:
    """One label to print: its code (empty while it has none), its kind, what it is on, and two lines of text."""

    code: str
    kind: LabelKind
    subject: str
    title: str
    detail: str
    place: str

    @property
    def of(self) -> LabelSubject:
        """What it is on."""
        return LabelSubject(self.kind, self.subject)


def label_entries(db: Database, *, shop_id: int = 1) -> list[LabelEntry]:
    """Everything that can have a label, by place: the place first, then its SKUs and pieces."""
    with db.read() as connection:
        rows = cursor_of(connection).execute(SUBJECTS, (shop_id,)).fetchall()
    entries: list[LabelEntry] = []
    seen: set[str] = set()
    for sku, title, spec, place, number in rows:
        if place and place not in seen:
            seen.add(place)
            entries.append(LabelEntry("", "place", place, place, "", place))
        kind: LabelKind = "piece" if number else "sku"
        name = full_title(title, spec)
        entries.append(LabelEntry("", kind, sku, name, " · ".join(filter(None, (sku, number))), place))
    return entries


def subjects_named(db: Database, names: Sequence[str], *, shop_id: int = 1) -> list[LabelSubject]:
    """The subjects that these names name: SKUs or places. Raises NoSuchSubject."""
    known = {entry.subject: entry.of for entry in reversed(label_entries(db, shop_id=shop_id))}
    for name in names:
        if name not in known:
            raise NoSuchSubject(subject=name)
    return [known[name] for name in names]


def labels_of(db: Database, subjects: Iterable[LabelSubject], *, shop_id: int = 1) -> list[LabelEntry]:
    """The labels of these subjects with their codes, in this order; each gets a code that has none."""
    wanted = list(subjects)
    known = {entry.of: entry for entry in label_entries(db, shop_id=shop_id)}
    codes = codes_for(db, wanted, shop_id=shop_id)
    return [
        LabelEntry(codes[of], entry.kind, entry.subject, entry.title, entry.detail, entry.place)
        for of in wanted
        if (entry := known.get(of)) is not None
    ]
