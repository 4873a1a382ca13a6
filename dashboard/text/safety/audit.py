"""The audit log in words: people by name, actions, and where they came from."""

from __future__ import annotations

import re

from dashboard.i18n.messages import has, t
from shop.access.roles import OWNER, SYSTEM, TERMINAL

PLATFORM = re.compile(r"(?<![\w-])[a-z_]{4,}(?![\w-])")
UNNAMED = {
    OWNER.name: "owner",
    "root": "owner",
    SYSTEM.name: "program",
}  # names of roles and systems, no person's


def person_name(name: str) -> str:
    """The name of who did it; the owner where the computer gave none, and the program itself."""
    return t(f"audit.people.{UNNAMED[name]}") if name in UNNAMED else name


def action_name(action: str) -> str:
    """An action in a few words."""
    key = f"audit.actions.{action.replace('.', '_')}"
    return t(key) if has(key) else action


def subject_name(subject: str) -> str:
    """What an action was done to, with platforms by name."""
    return PLATFORM.sub(
        lambda word: t(f"platform.{word[0]}") if has(f"platform.{word[0]}") else word[0], subject
    )


def origin_name(origin: str) -> str:
    """Where an action came from: a network address, this computer, or the terminal."""
    if origin in ("127.0.0.1", "::1"):
        return t("audit.here")
    return t("audit.terminal") if origin == TERMINAL else origin
