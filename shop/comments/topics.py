"""What a question is about, so that the same question in many wordings is answered once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from shop.comments.labels import label
from shop.comments.labels.normalize import normalize

MARKS = re.compile(r"[‹›]")
UNNAMED = "other"


@cache
def topics() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each topic with its expressions, in their order."""
    source = files("shop.comments").joinpath("topics.toml").read_text("utf-8")
    return tuple(
        (name, re.compile(rf"{words['zh']}|\b(?:{words['en']})"))
        for name, words in tomllib.loads(source)["topics"].items()
    )


@lru_cache(50_000)
def topic_of(remark: str) -> str:
    """The topic of a text, "other" where none fits."""
    plain = MARKS.sub(" ", normalize(remark))
    plain = re.sub(r" +", " ", plain)
    return next((name for name, shape in topics() if shape.search(plain)), UNNAMED)


@dataclass(frozen=True)
class Thing:
    """A thing wanted, in the words of the labels; "" stands for any."""

    form: str = ""
    glaze: str = ""
    size: str = ""

    @property
    def is_named(self) -> bool:
        """Whether it names a form or a glaze."""
        return bool(self.form or self.glaze)

    def fits(self, other: Thing) -> bool:
        """Whether another thing is one of these: 杯 is any cup, a missing part any of them."""
        return (
            (not self.form or self.form in other.form)
            and (not self.glaze or self.glaze == other.glaze)
            and (not self.size or self.size == other.size)
        )


@lru_cache(4_000)
def thing_of_words(form: str | None, glaze: str | None, size: str | None) -> Thing:
    """A form, glaze and size of the catalog in the words of the labels; as they are where these have none."""
    words = " ".join(part.replace("-", " ") for part in (size, glaze, form) if part)
    wants = label(f"想要 {words}").wants
    return Thing(
        str(wants.get("form", form or "")),
        str(wants.get("glaze", glaze or "")),
        str(wants.get("size", size or "")),
    )
