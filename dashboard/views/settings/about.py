"""About the program: its version, a check of database and program, and the licences of what it is built on."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.markdown import literal
from dashboard.ui import cache, feedback, text
from dashboard.ui.actor import actor
from shop.db.buyer_key import BuyerKey, key_of
from shop.maintenance import accept_key, examine

NAME = re.compile(r"^[A-Za-z0-9._-]+")


def state() -> str:
    """The version."""
    return t("settings.about.version", version=version("kilnboard"))


def show() -> None:
    """Version and place, the doctor's check at a click, licences."""
    text.note(t("settings.about.version", version=version("kilnboard")))
    if actor().may("manage_shop"):
        _doctor()
    text.heading(t("settings.about.licences"))
    text.note(t("settings.about.own_licence"))
    with st.expander(t("settings.about.built_on"), icon=":material/license:"):
        for name, released, licence in packages():
            st.caption(f"{name} {released} · {licence}")


def _doctor() -> None:
    """Where the database is, and a check of it."""
    text.note(t("settings.about.python", python=sys.version.split()[0], database=str(cache.database().path)))
    text.heading(t("settings.about.doctor"))
    text.note(t("settings.about.doctor_note"))
    if not BuyerKey(cache.database()).is_own():
        _other_key()
    if st.button(t("settings.about.examine"), icon=":material/health_and_safety:", key="examine"):
        with st.spinner(t("settings.about.examining")):
            for check in examine(cache.database()):
                icon = "check_circle" if check.ok else "error"
                words = t(f"doctor.{check.name}.{check.verdict}", **check.details)
                st.markdown(f":material/{icon}: {words}")


def _other_key() -> None:
    """What to do where the key of the buyers is lost."""
    st.warning(
        t("settings.about.other_key", file=literal(str(key_of(cache.database().path)))),
        icon=":material/key_off:",
    )
    with st.popover(t("settings.about.accept_key"), key="about-accept-key"):
        text.note(t("settings.about.accept_key_sure"))
        st.button(
            t("settings.about.accept_key_go"), key="about-accept-key-go", type="primary", on_click=_accept
        )


def _accept() -> None:
    if feedback.tried(_accept_key):
        feedback.report(t("settings.about.key_accepted", file=str(key_of(cache.database().path))))


def _accept_key() -> None:
    accept_key(cache.database(), actor=actor())


def packages() -> list[tuple[str, str, str]]:
    """The packages that this program needs, with their version and licence."""
    result = []
    for wanted in distribution("kilnboard").requires or ():
        name = NAME.match(wanted)
        if name is None or "extra ==" in wanted:
            continue
        try:
            package = distribution(name[0])
        except PackageNotFoundError:  # of another system
            continue
        result.append((package.metadata["Name"], package.version, _licence(package)))
    return sorted(result, key=lambda item: item[0].lower())


def _licence(package: Distribution) -> str:
    fields = package.metadata.json
    classified = [
        line.rpartition("::")[2].strip()
        for line in fields.get("classifier", ())
        if str(line).startswith("License ::")
    ]
    free_text = str(fields.get("license") or "–").partition("\n")[0]
    return str(fields.get("license_expression") or ", ".join(classified) or free_text[:60])
