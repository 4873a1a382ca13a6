"""The language of this run: Chinese or English."""

from __future__ import annotations

from dashboard.i18n.run_setting import RunSetting

LANGUAGES = ("zh", "en")
LANGUAGE = RunSetting("language", LANGUAGES[0])


def use_language(language: str) -> None:
    """Use this language from here on, in this run."""
    LANGUAGE.set(language)


def language() -> str:
    """The language of this run."""
    return LANGUAGE.get()


def language_tag(code: str | None = None) -> str:
    """A language, else that of this run, as HTML names it."""
    return {"zh": "zh-CN"}.get(code or language(), code or language())
