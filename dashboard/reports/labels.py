"""Labels as printable HTML: a symbol that a phone reads, its code, what it is on; on full pages or on a roll.

Sizes are mm. A symbol carries KB and the code; QR where there is space for a square, Code 128 on request.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from PIL import Image

from dashboard.i18n.language import language
from shop.catalog.label_codes import PREFIX

Symbol = Literal["qr", "code128"]
SYMBOLS: tuple[Symbol, ...] = ("qr", "code128")
FORMATS = {"qr": "QRCode", "code128": "Code128"}
READ = "|".join(FORMATS.values())
LONGEST_SIDE = 2400  # pixels of a camera's picture that are read; larger ones are reduced


@dataclass(frozen=True)
class LabelPaper:
    """PrintedLabel paper: size of the page and of one label, labels across and down, margins and gaps, all in mm."""

    page: tuple[float, float]
    label: tuple[float, float]
    grid: tuple[int, int]
    margin: tuple[float, float] = (0, 0)
    gap: tuple[float, float] = (0, 0)


PAPERS = {
    "roll_40x30": LabelPaper((40, 30), (40, 30), (1, 1)),
    "a4_24": LabelPaper((210, 297), (70, 37), (3, 8), (0, 0.5)),  # 3474, 3422
    "a4_40": LabelPaper((210, 297), (52.5, 29.7), (4, 10)),  # 3651
    "a4_65": LabelPaper((210, 297), (38.1, 21.2), (5, 13), (4.75, 10.7), (2.5, 0)),  # L7651, 3666
}


@dataclass(frozen=True)
class PrintedLabel:
    """One label: its code, and up to two lines of what it is on."""

    code: str
    title: str
    detail: str = ""


def symbol_svg(text: str, symbol: Symbol) -> str:
    """The symbol of a text as SVG that fills its box."""
    import zxingcpp  # native: loaded where labels are printed or read, not with every command

    options = {"ec_level": "M"} if symbol == "qr" else {}
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, FORMATS[symbol]), **options)
    drawing = barcode.to_svg(add_quiet_zones=False)
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<desc>.*?</desc>", "", drawing, flags=re.DOTALL)
    size = re.search(r'width="(\d+)" height="(\d+)"', drawing)
    assert size
    shape = "" if symbol == "qr" else ' preserveAspectRatio="none"'
    return drawing.replace(size[0], f'viewBox="0 0 {size[1]} {size[2]}"{shape} class="symbol"', 1)


def read_codes(picture: Image.Image) -> list[str]:
    """The codes of the labels in a picture, as the camera gave it; none where none can be read."""
    import zxingcpp

    image = picture.convert("L")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    results = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str(READ))
    codes = [result.text.removeprefix(PREFIX) for result in results if result.text.startswith(PREFIX)]
    return list(dict.fromkeys(codes))


def html(
    labels: Sequence[PrintedLabel], paper: str, symbol: Symbol = "qr", *, title: str = "", skip: int = 0
) -> str:
    """One page per label page (or per label of a roll); `skip` labels of the first page are used up already."""
    form = PAPERS[paper]
    across, down = form.grid
    places: list[PrintedLabel | None] = [*[None] * skip, *labels]
    per_page = across * down
    pages = [places[start : start + per_page] for start in range(0, len(places), per_page)]
    body = "".join(f"<main>{''.join(_label(label, symbol) for label in page)}</main>" for page in pages)
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_style(form)}</style></head><body>{body}</body></html>"
    )


def _label(label: PrintedLabel | None, symbol: Symbol) -> str:
    if label is None:
        return "<div></div>"
    return (
        f'<div class="label {symbol}">{symbol_svg(PREFIX + label.code, symbol)}<section><b>{escape(label.code)}</b>'
        f"<p>{escape(label.title)}</p><small>{escape(label.detail)}</small></section></div>"
    )


def _style(form: LabelPaper) -> str:
    (page_width, page_height), (width, height) = form.page, form.label
    side = min(height - 6, width * 0.5)
    return f"""
@page {{ size: {page_width}mm {page_height}mm; margin: 0; }}
* {{ box-sizing: border-box; margin: 0; }}
body {{ font: 8pt/1.25 -apple-system, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; color: #000; }}
main {{ width: {page_width}mm; height: {page_height}mm; padding: {form.margin[1]}mm {form.margin[0]}mm;
  display: grid; grid-template-columns: repeat({form.grid[0]}, {width}mm); grid-auto-rows: {height}mm;
  column-gap: {form.gap[0]}mm; row-gap: {form.gap[1]}mm; align-content: start; break-after: page; overflow: hidden; }}
main:last-child {{ break-after: auto; }}
.label {{ display: flex; align-items: center; gap: 2mm; padding: 2mm 3mm; overflow: hidden; }}
.label.code128 {{ flex-direction: column; align-items: stretch; gap: 1mm; justify-content: center; }}
.qr .symbol {{ width: {side:.1f}mm; height: {side:.1f}mm; flex: none; }}
.code128 .symbol {{ width: 100%; height: {height * 0.4:.1f}mm; padding: 0 2mm; }}
section {{ min-width: 0; }}
.code128 section {{ text-align: center; }}
b {{ font: 700 {min(13, height * 0.4):.0f}pt ui-monospace, Menlo, Consolas, monospace; letter-spacing: .06em; }}
p {{ display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }}
small {{ color: #333; display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }}
"""
