"""A font of the system that can write Chinese, for pictures; none is fetched or brought along."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import ImageFont

from shop.core.errors import ShopError

REGULAR = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "msyh.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "STHeiti Light.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "simhei.ttf",
    "Arial Unicode.ttf",
)
BOLD = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJKsc-Bold.otf",
    "NotoSansSC-Bold.otf",
    "SourceHanSansSC-Bold.otf",
    "msyhbd.ttc",
    "STHeiti Medium.ttc",
)
SIMPLIFIED = {"NotoSansCJK-Regular.ttc": 2, "NotoSansCJK-Bold.ttc": 2}  # the face inside


class NoChineseFont(ShopError):
    """No font of this system can write Chinese, which a picture needs."""

    message = (
        "No font on this computer can write Chinese, so no picture can be drawn. Install one (on "
        "Debian: fonts-noto-cjk), or name its file in KILNBOARD_FONT."
    )


def _folders() -> Iterator[Path]:
    if os.name == "nt":
        yield Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
        yield Path(os.environ.get("LOCALAPPDATA", "")) / "Microsoft/Windows/Fonts"
        return
    yield from map(
        Path, ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts")
    )
    yield from (Path.home() / ".fonts", Path.home() / ".local/share/fonts")


@cache
def _search() -> dict[str, Path]:
    """The files of all fonts of this system by name."""
    return {
        file.name: file
        for folder in _folders()
        if folder.is_dir()
        for file in folder.rglob("*")
        if file.suffix.lower() in (".ttc", ".ttf", ".otf")
    }


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font at this size in pixels; raises NoChineseFont."""
    if own := os.environ.get("KILNBOARD_FONT"):
        return ImageFont.truetype(own, size)
    for name in (*(BOLD if bold else ()), *REGULAR):
        if name in _search():
            return ImageFont.truetype(str(_search()[name]), size, index=SIMPLIFIED.get(name, 0))
    raise NoChineseFont()
