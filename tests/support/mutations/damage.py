"""Damage to exported files: bytes, quotation marks, ends, workbooks and archives whose parts are wrong."""

from __future__ import annotations

import io
import random
import zipfile

from tests.support.mutations.changes import Changes, Mutant, Table, written


class Damage:
    """The ways to damage the file of one table."""

    def __init__(
        self, rows: Table, rng: random.Random, mark: str | None = None, encoding: str | None = None
    ) -> None:
        self.rows, self.rng, self.mark, self.encoding = rows, rng, mark or ",", encoding or "utf-8"
        self.changes = Changes(rows, rng, mark, encoding)

    def broken_letter(self) -> Mutant:
        """One letter of one row cannot be read."""
        lines = [written([row], self.mark).encode(self.encoding) for row in self.rows]
        places = [place for place, line in enumerate(lines) if place and any(byte >= 0xE0 for byte in line)]
        if not places:
            return self.changes.encoded()
        place = self.rng.choice(places)
        line = lines[place]
        at = next(n for n, byte in enumerate(line) if byte >= 0xE0)
        lines[place] = line[:at] + b"\xff" + line[at + 3 :]
        return Mutant("broken letter", b"".join(lines), cost=1, spots=1)

    def odd_bytes(self) -> Mutant:
        """A few bytes that are others."""
        raw = bytearray(written(self.rows, self.mark).encode(self.encoding))
        spots = self.rng.randrange(1, 9)
        for _ in range(spots):
            raw[self.rng.randrange(len(raw))] = self.rng.randrange(256)
        suffix = self.rng.choice((".csv", ".xls", ".xlsx", ".zip"))
        return Mutant("odd bytes", bytes(raw), suffix, cost=-1, spots=spots)

    def bytes_lost(self) -> Mutant:
        """A stretch of bytes is missing, doubled or zero."""
        raw = written(self.rows, self.mark).encode(self.rng.choice((self.encoding, "utf-16")))
        start = self.rng.randrange(len(raw))
        end = min(start + self.rng.randrange(1, 200), len(raw))
        middle = self.rng.choice((b"", raw[start:end] * 2, bytes(end - start)))
        return Mutant("bytes lost", raw[:start] + middle + raw[end:], cost=-1)

    def stray_quote(self) -> Mutant:
        """A quotation mark where none belongs."""
        text = written(self.rows, self.mark)
        place = self.rng.randrange(len(text))
        return Mutant(
            "stray quote", (text[:place] + '"' + text[place:]).encode(self.encoding), cost=-1, spots=2
        )

    def stray_separator(self) -> Mutant:
        """A separator or an end of a line where none belongs."""
        text = written(self.rows, self.mark)
        place = self.rng.randrange(len(text))
        stray = self.rng.choice(",;\t\n\r")
        return Mutant(
            f"stray {stray!r}", (text[:place] + stray + text[place:]).encode(self.encoding), cost=-1, spots=2
        )

    def cut_off(self) -> Mutant:
        """A file that ends too early."""
        raw = written(self.rows, self.mark).encode(self.encoding)
        return Mutant("cut off", raw[: self.rng.randrange(1, len(raw))], cost=-1, spots=len(self.rows))

    def mixed_encodings(self) -> Mutant:
        """A row in another encoding than the others."""
        lines = [written([row], self.mark).encode(self.encoding) for row in self.rows]
        place = self.rng.randrange(1, len(lines))
        lines[place] = written([self.rows[place]], self.mark).encode("gb18030")
        return Mutant("a row in another encoding", b"".join(lines), cost=-1, spots=1)

    def damaged_workbook(self) -> Mutant:
        """A workbook with bytes that are others, or cut off."""
        raw = bytearray(self.changes.workbook(self.rows))
        if self.rng.random() < 0.3:
            raw = raw[: self.rng.randrange(1, len(raw))]
        else:
            for _ in range(self.rng.randrange(1, 20)):
                raw[self.rng.randrange(len(raw))] = self.rng.randrange(256)
        return Mutant("damaged workbook", bytes(raw), self.rng.choice((".xlsx", ".xls", ".zip")), cost=-1)

    def wrong_members(self) -> Mutant:
        """A workbook in which parts lack, are empty, are of another kind, or are too many."""
        source = zipfile.ZipFile(io.BytesIO(self.changes.workbook(self.rows)))
        names = source.namelist()
        chosen = self.rng.choice(names)
        how = self.rng.choice(("lost", "empty", "not XML", "cut", "of another", "open tags"))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name in names:
                content = source.read(name)
                if name == chosen:
                    if how == "lost":
                        continue
                    content = {
                        "empty": b"",
                        "not XML": b"\xff\0no",
                        "cut": content[: len(content) // 2],
                        "of another": source.read(self.rng.choice(names)),
                        "open tags": content.replace(b">", b"><x>" * 50, 3),
                    }[how]
                target.writestr(name, content)
        return Mutant(f"{chosen} {how}", out.getvalue(), ".xlsx", cost=-1)

    def damaged_archive(self) -> Mutant:
        """A ZIP archive with bytes that are others, an empty or a wrong member, or an archive inside."""
        how = self.rng.choice(("bytes", "empty member", "binary member", "archive inside", "many"))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a/导出.csv", written(self.rows, self.mark).encode(self.encoding))
            if how == "empty member":
                archive.writestr("empty.csv", b"")
            elif how == "binary member":
                archive.writestr("b.xlsx", self.rng.randbytes(300))
            elif how == "archive inside":
                inner = io.BytesIO()
                with zipfile.ZipFile(inner, "w") as nested:
                    nested.writestr("c.csv", b"a,b\n1,2\n")
                archive.writestr("inner.zip", inner.getvalue())
            elif how == "many":
                for number in range(20):
                    archive.writestr(f"{number}.csv", b"a,b\n1,2\n")
        raw = bytearray(out.getvalue())
        if how == "bytes":
            for _ in range(self.rng.randrange(1, 10)):
                raw[self.rng.randrange(len(raw))] = self.rng.randrange(256)
        return Mutant(f"archive: {how}", bytes(raw), ".zip", cost=-1)

    def other_compression(self) -> Mutant:
        """An archive or a workbook packed in another way, with bytes that are others, or with odd flags."""
        source = zipfile.ZipFile(io.BytesIO(self.changes.workbook(self.rows)))
        is_workbook = self.rng.random() < 0.5
        members = (
            [(name, source.read(name)) for name in source.namelist()]
            if is_workbook
            else [("导出.csv", written(self.rows, self.mark).encode(self.encoding))]
        )
        how = self.rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", how) as target:
            for name, content in members:
                target.writestr(name, content)
        raw = bytearray(out.getvalue())
        for _ in range(self.rng.randrange(0, 6)):
            header = self.rng.choice((b"PK\3\4", b"PK\1\2", b"PK\5\6"))
            place = raw.find(header, self.rng.randrange(len(raw)))
            spot = place + self.rng.randrange(4, 40) if place >= 0 else self.rng.randrange(len(raw))
            raw[min(spot, len(raw) - 1)] = self.rng.randrange(256)
        return Mutant(f"packed as {how}", bytes(raw), self.rng.choice((".xlsx", ".zip", ".csv")), cost=-1)

    def greedy(self) -> Mutant:
        """A small file that asks for much memory: far cells, wide spans, a name for each record, one long line."""
        how = self.rng.choice(("far cell", "spans", "merged cells", "names", "long line", "deep"))
        if how == "far cell":
            source = zipfile.ZipFile(io.BytesIO(self.changes.workbook(self.rows)))
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
                for name in source.namelist():
                    content = source.read(name)
                    if "worksheets/" in name:
                        far = b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>'
                        content = content.replace(b"</sheetData>", far)
                    target.writestr(name, content)
            return Mutant("a far cell", out.getvalue(), ".xlsx", cost=-1)
        text = {
            "spans": "<table>" + "<tr><td colspan=99999>甲<td colspan=99999>乙" * 2_000,
            "merged cells": '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
            '<Worksheet Name="a"><Table><Row>' + '<Cell MergeAcross="999999999"/>' * 2_000,
            "names": "[" + ",".join(f'{{"k{number}": 1}}' for number in range(20_000)) + "]",
            "long line": written(self.rows, self.mark) + "x" * 3_000_000,
            "deep": "[" * 50_000 + '{"a": 1}',
        }[how]
        return Mutant(how, text.encode(), self.rng.choice((".csv", ".xls", ".json")), cost=-1)


DAMAGE = (
    *("broken_letter", "odd_bytes", "bytes_lost", "stray_quote", "stray_separator", "cut_off"),
    *("mixed_encodings", "damaged_workbook", "wrong_members", "damaged_archive"),
    *("other_compression", "greedy"),
)
