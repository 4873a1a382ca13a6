"""Backups: the list, looking into one and restoring it, a second place, and the drill."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.safety.backups import drill_lines, megabytes, moment, summary
from dashboard.ui import cache, feedback, text
from dashboard.ui.actor import actor
from dashboard.views.settings import damage
from shop import backup_drill
from shop.access.audit import log_action
from shop.access.roles import require
from shop.backups.automatic import back_up
from shop.backups.contents import all_backups, opened, summary_of, summary_of_shop
from shop.backups.files import BackupFile, folder_of
from shop.backups.retention import DAYS, OTHERS, WEEKS
from shop.backups.second_folder import backup_settings, choose_second_folder, copy_to_second_folder
from shop.connect import connect
from shop.core.errors import ShopError
from shop.db.backup import restore_shop
from shop.db.partial import temporary_folder

LOOKED, PASSPHRASE = "backup-looked", "backup-passphrase"


def state() -> str:
    """When the last one was taken."""
    listed = all_backups(cache.database())
    if not listed:
        return t("backups.none")
    return t("backups.last", when=moment(cache.database(), listed[0].taken_at))


def show() -> None:
    """All of it."""
    require(actor(), "manage_shop")
    db = cache.database()
    listed = all_backups(db)
    own = [item for item in listed if item.path.parent == folder_of(db.path)]
    if own:
        text.note(
            t(
                "backups.where",
                count=len(own),
                size=megabytes(sum(item.bytes for item in own)),
                folder=str(folder_of(db.path)),
                days=DAYS,
                weeks=WEEKS,
                others=OTHERS,
            )
        )
    else:
        text.note(t("backups.none"))
    text.note(t("backups.carries"))
    if st.button(t("backups.now"), key="backup-now", type="primary", icon=":material/save:"):
        with st.spinner(t("backups.taking")):
            feedback.tried(_take)
        st.rerun()
    if listed:
        text.heading(t("backups.list"))
        with st.container(key="backup-list", gap=None):
            for item in listed:
                _row(item)
    _drill(bool(own))
    damage.show()
    _second_folder()


def _take() -> None:
    taken = back_up(cache.database(), "manual")
    feedback.report(t("backups.taken", name=taken.path.name))


def _row(item: BackupFile) -> None:
    notes = [t(f"backups.reasons.{item.reason}"), megabytes(item.bytes)]
    if item.path.parent != folder_of(cache.database().path):
        notes.append(t("backups.second"))
    if item.is_sealed:
        notes.append(t("backups.sealed"))
    name = str(item.path)
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"backup-{item.path.name}-{len(notes)}"
    ):
        st.markdown(moment(cache.database(), item.taken_at), width=180)
        st.caption(" · ".join(notes), width="stretch")
        if st.session_state.get(LOOKED) != name:
            st.button(t("backups.look"), key=f"look-{name}", type="tertiary", on_click=_look, args=(name,))
    if st.session_state.get(LOOKED) == name:
        with st.container(border=True, key="backup-look"):
            _contents(item)


def _look(name: str) -> None:
    st.session_state[LOOKED] = name


def _contents(item: BackupFile) -> None:
    passphrase = ""
    if item.is_sealed:
        passphrase = st.text_input(
            t("backups.passphrase"), type="password", key=PASSPHRASE, autocomplete="off", width=340
        )
        if not passphrase:
            return
    with temporary_folder("look") as folder:
        try:
            contents = summary_of(opened(item.path, folder, passphrase))
        except ShopError as problem:
            text.error(problem)
            return
    db = cache.database()
    text.note(summary(contents))
    if contents.newest is not None:
        text.note(t("backups.summary.newest", when=moment(db, contents.newest)))
    try:
        now = summary_of_shop(db)
    except ShopError:  # what a backup is for
        text.note(t("backups.summary.damaged"))
    else:
        text.note(t("backups.summary.now", rows=summary(now)))
        changes = now.changes - contents.changes
        text.note(t("backups.summary.older", changes=changes) if changes > 0 else t("backups.summary.same"))
    if not contents.has_key:
        text.note(t("backups.summary.no_key"))
    sure = st.checkbox(t("backups.summary.sure"), key="backup-sure")
    if st.button(t("backups.summary.restore"), key="backup-restore", type="primary", disabled=not sure):
        with st.spinner(t("backups.summary.restoring")):
            feedback.tried(_restore, item, passphrase)
        st.rerun()


def _restore(item: BackupFile, passphrase: str) -> None:
    """Put a backup in the place of the database, an older one too: the user has confirmed it."""
    user = actor()
    require(user, "manage_shop")
    db = cache.database()
    with temporary_folder("restore") as folder:
        stored = restore_shop(db, opened(item.path, folder, passphrase), connect, anyway=True)
    with connect(db.address).write() as connection:
        log_action(connection, user, "backup.restore", item.path.name)
    st.session_state.pop(LOOKED, None)
    feedback.report(t("backups.summary.done", name=stored.name if stored else ""))


def _drill(has_one: bool) -> None:
    text.heading(t("backups.drill.title"))
    text.note(t("backups.drill.note"))
    if st.button(t("backups.drill.go"), key="backup-drill", disabled=not has_one):
        with st.spinner(t("backups.drill.trying")):
            try:
                report = backup_drill.drill(cache.database().path)
            except ShopError as problem:
                text.error(problem)
                return
        lines = drill_lines(report, moment(cache.database(), report.taken_at))
        icon = "check_circle" if report.is_well else "error"
        st.markdown(f":material/{icon}: **{lines[0]}**")
        text.lines(lines[1:])


def _second_folder() -> None:
    text.heading(t("backups.folder.title"))
    text.note(t("backups.folder.note"))
    chosen = backup_settings(cache.database())
    if chosen.folder:
        text.note(t(f"backups.folder.{'is_sealed' if chosen.pair else 'is_plain'}", folder=chosen.folder))
    with st.form("backup-folder", border=False):
        path = st.text_input(
            t("backups.folder.path"), chosen.folder, key="backup-folder-path", autocomplete="off", width=520
        )
        passphrase, again = (
            st.text_input(
                t(f"backups.folder.{name}"),
                type="password",
                key=f"backup-folder-{name}",
                autocomplete="new-password",
                help=t("backups.folder.passphrase_note") if name == "passphrase" else None,
                width=340,
            )
            for name in ("passphrase", "again")
        )
        if st.form_submit_button(t("backups.folder.save")):
            feedback.tried(_choose, path, passphrase, again)
            st.rerun()


class PassphrasesDiffer(ShopError):
    """The passphrase was typed in two ways."""

    message = "The two passphrases differ."


def _choose(path: str, passphrase: str, again: str) -> None:
    if passphrase != again:
        raise PassphrasesDiffer
    db = cache.database()
    chosen = choose_second_folder(db, path, passphrase, actor=actor())
    count = copy_to_second_folder(db)
    feedback.report(t("backups.folder.saved", count=count) if chosen.folder else t("backups.folder.cleared"))
