"""Made-up people to plant in files: every cell of theirs must be in no file that the program writes."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from etl.files.fields import FileField
from etl.files.headers import normal
from shop.core.personal import is_personal_header
from tests.support.files_by_kind import Sample

HEADERS = (  # columns that any shop's file may have besides those of its kind
    "Buyer",
    "Ship Name",
    "Ship Address1",
    "Ship Zipcode",
    "Phone",
    "Customer Email",
    "Billing Name",
    "Recipient",
    "Delivery Instructions",
    "Käufername",
    "Indirizzo",
    "Code postal",
    "Gift Message",
    "Post Town",
    "Nickname",
)
ZH_HEADERS = (
    "收件人姓名",
    "联系电话",
    "详细地址",
    "买家留言",
    "商家备注",
    "邮政编码",
    "身份证号",
    "收貨人",
    "买家昵称",
)
FREE = ("Info", "More", "Custom field")  # columns of any content: here only contacts can be known
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(number: int) -> str:
    """A well-formed identity number that nobody has (region 11, sequence by number)."""
    first = f"11010119900307{number % 1000:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11
    return first + "10X98765432"[rest]


@dataclass
class Canaries:
    """Gives people away one cell at a time and remembers what must be found nowhere."""

    latin: bool = False
    tokens: list[str] = field(default_factory=list)
    kinds: Iterator[int] = field(default_factory=lambda: cycle(range(4)))

    def person(self) -> str:
        """A name, in no form that could be told from another word."""
        self.tokens.append(
            f"Canaryperson{len(self.tokens):04d}" if self.latin else f"金丝雀{len(self.tokens):04d}"
        )
        return self.tokens[-1]

    def contact(self) -> str:
        """A telephone number, an e-mail address, an identity number or a street, in turn."""
        number = len(self.tokens)
        forms = (
            f"139{number + 40_000_000:08d}",
            f"canary{number}@mail.example",
            identity_number(number),
            f"{number + 100} Canary{number} Street",
        )
        self.tokens.append(forms[next(self.kinds)])
        return self.tokens[-1]

    def exposed(self, content: bytes) -> list[str]:
        """Those of whom these bytes tell."""
        forms = [token.encode(encoding) for token in self.tokens for encoding in ("utf-8", "utf-16-le")]
        found = BytesAhoCorasick(forms).find_matches_as_indexes(content, overlapping=True)
        return [self.tokens[place] for place in sorted({form // 2 for form, _, _ in found})]


def planted(sample: Sample, fields: Sequence[FileField], canaries: Canaries) -> bytes:
    """The sample with people in each personal cell of it and in further columns; some of its rows are broken.

    A broken row has a telephone number where an amount or a time belongs.
    """
    text = sample.path.read_bytes().decode(sample.encoding)
    separator = "\t" if sample.encoding == "utf-16" else ";" if sample.own_profile else ","
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    personal = {normal(header) for item in fields if item.personal for header in item.headers}
    known = {normal(header) for item in fields for header in item.headers}
    needed = {
        normal(header) for item in fields if item.is_needed and not item.personal for header in item.headers
    }
    head, data = rows[: sample.top], rows[sample.top :]
    headers = [*HEADERS, *(() if canaries.latin else ZH_HEADERS)]
    names = [header for header in headers if normal(header) not in {normal(cell) for cell in head[0]}]
    is_text = {
        normal(header) for item in fields if item.name in ("text", "remark_text") for header in item.headers
    }
    places = [
        (place, normal(header) in is_text)
        for place, header in enumerate(head[0])
        if normal(header) in personal or (normal(header) not in known and is_personal_header(header))
    ]
    bad = [place for place, header in enumerate(head[0]) if normal(header) in needed][1:]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow([*head[0], *names, *FREE])
    for further in head[1:]:
        writer.writerow([*further, *([" "] * (len(names) + len(FREE)))])
    for number, row in enumerate(data):
        cells = list(row)
        for place, is_remark in places:
            if place < len(cells) and cells[place]:
                cells[place] = f"{cells[place]} {canaries.contact()}" if is_remark else canaries.person()
        if number % 5 == 4 and bad:
            cells[bad[number % len(bad)]] = f"Tel {canaries.contact()}"
        contacts = (f"{canaries.person()} {canaries.contact()}" for _ in FREE)
        writer.writerow([*cells, *(canaries.person() for _ in names), *contacts])
    return out.getvalue().encode(sample.encoding)


def everything_written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, the write-ahead log and the key among them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()
