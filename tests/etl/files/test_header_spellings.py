"""Headers in other characters and with the marks that exports add are the same headers, in every kind."""

from collections.abc import Callable

import pytest
from opencc import OpenCC

from etl.files.base import places_of
from etl.imports import registry

KINDS = registry.all_kinds()


def full_width(header: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in header)


TRADITIONAL = OpenCC("s2t").convert  # reads its dictionaries: once
SPELLINGS: dict[str, Callable[[str], str]] = {
    "traditional": TRADITIONAL,
    "of Taiwan": OpenCC("s2tw").convert,
    "of Hong Kong": OpenCC("s2hk").convert,
    "full width": full_width,
    "capitals": str.upper,
    "star": lambda header: f"*{header}",
    "star behind": lambda header: f"{header} ＊",
    "required": lambda header: f"{header}（必填）",
    "必填 in front": lambda header: f"必填 {header}",
    "unit": lambda header: f"{header}(元)",
    "line break": lambda header: f"{header[:2]}\n{header[2:]}",
    "blanks": lambda header: f"\ufeff {header}\u3000",
    "traditional with its unit": lambda header: f"*{TRADITIONAL(header)}（單位：元）",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_known_header_is_known_in_every_spelling(spelling: str) -> None:
    written = SPELLINGS[spelling]
    lost = [
        (kind.NAME, header, written(header))
        for kind in KINDS
        for item in kind.FIELDS
        for header in item.headers
        if item.name not in places_of(kind.FIELDS, ["", written(header)])
    ]
    assert lost == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_headers_that_are_told_apart_stay_apart_in_every_spelling(spelling: str) -> None:
    written = SPELLINGS[spelling]
    for kind in KINDS:
        headers = [item.headers[0] for item in kind.FIELDS]
        assert places_of(kind.FIELDS, list(map(written, headers))) == places_of(kind.FIELDS, headers)


@pytest.mark.parametrize("word", ["售后单号", "售后编号", "售后单编号", "售后ID", "售後單號"])
def test_the_number_of_a_record_has_many_names(word: str) -> None:
    kind = registry.kind_named("kuaishou_aftersale")
    assert places_of(kind.FIELDS, [word]) == {"refund_id": 0}
