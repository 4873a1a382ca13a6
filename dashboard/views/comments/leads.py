"""Leads: an inbox of people to get back to, their contacts for the owner alone."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text.audience import remarks
from dashboard.ui import actor, cache, feedback, text, url_state
from dashboard.ui.filters import View
from shop.comments import leads as shop_leads
from shop.comments import vault
from shop.comments.leads import LeadItem
from shop.core.errors import ShopError
from shop.models.comments import LEAD_KINDS, LEAD_STATES

ALL, OPEN = "all", "open"
PER_PAGE = 12
OPENED = "leads.opened"  # contacts that the owner opened, in this browser session alone


def show(view: View) -> None:
    """The part of the page: the contacts' lock, filters, and the leads."""
    _lock()
    items = cache.cached(shop_leads.leads, view.platforms)
    with st.container(horizontal=True, vertical_alignment="bottom", key="touch-leads"):
        kind = url_state.choice(
            st.selectbox, t("comments.leads.kind"), (ALL, *LEAD_KINDS), "lead", _kind_name, width=180
        )
        state = url_state.choice(
            st.selectbox,
            t("comments.leads.state"),
            (OPEN, *LEAD_STATES, ALL),
            "state",
            _state_name,
            width=150,
        )
    shown = [
        item
        for item in items
        if (kind == ALL or kind in item.kinds)
        and (state in (ALL, item.state) or (state == OPEN and item.is_open))
    ]
    text.heading(t("comments.leads.count", count=len(shown)))
    if not shown:
        text.note(t("comments.leads.nothing"))
    pages = -(-len(shown) // PER_PAGE)
    first = (min(url_state.page(), max(pages, 1)) - 1) * PER_PAGE
    for item in shown[first : first + PER_PAGE]:
        _lead(item)
    url_state.pages(pages)


def _kind_name(name: str) -> str:
    return t(f"comments.leads.kinds.{name}")


def _state_name(name: str) -> str:
    return t(f"comments.leads.states.{name}")


# --- the lock --------------------------------------------------------------------------------------


def _lock() -> None:
    """Access to contacts: set up a passphrase, or open them with it."""
    if not actor.actor().may("read_contacts"):
        text.note(t("comments.leads.owner_only"))
        return
    has_key = cache.cached(vault.has_key)
    with st.expander(t(f"comments.leads.lock.{'open' if has_key else 'set_up'}"), icon=":material/lock:"):
        if not has_key:
            text.note(t("comments.leads.lock.why"))
            _form("new", ("passphrase", "again"), _create)
            return
        if st.session_state.get(OPENED):
            text.note(t("comments.leads.lock.is_open"))
            st.button(t("comments.leads.lock.close"), key="leads-close", on_click=_close)
            return
        _form("open", ("passphrase",), _open)
        with st.popover(t("comments.leads.lock.change")):
            _form("change", ("old", "passphrase", "again"), _change)


def _form(name: str, fields: tuple[str, ...], submit: object) -> None:
    with st.form(f"leads-{name}", border=False, clear_on_submit=True):
        given = [
            st.text_input(
                t(f"comments.leads.lock.{field}"),
                type="password",
                autocomplete="current-password" if field in ("old",) or name == "open" else "new-password",
                key=f"leads-{name}-{field}",
            )
            for field in fields
        ]
        if st.form_submit_button(t(f"comments.leads.lock.do_{name}")) and callable(submit):
            submit(*given)


def _create(passphrase: str, again: str) -> None:
    if passphrase != again:
        text.note(t("comments.leads.lock.differ"))
    elif feedback.tried(lambda: vault.create_key(cache.database(), passphrase, actor=actor.actor())):
        feedback.report(t("comments.leads.lock.created"))
        st.rerun()
    else:
        feedback.show_error()


def _change(old: str, passphrase: str, again: str) -> None:
    if passphrase != again:
        text.note(t("comments.leads.lock.differ"))
    elif feedback.tried(
        lambda: vault.change_passphrase(cache.database(), old, passphrase, actor=actor.actor())
    ):
        feedback.report(t("comments.leads.lock.changed"))
        st.rerun()
    else:
        feedback.show_error()


def _open(passphrase: str) -> None:
    try:
        opened = vault.open_contacts(cache.database(), passphrase, actor=actor.actor())
    except ShopError as problem:
        text.error(problem)
        return
    st.session_state[OPENED] = opened
    st.rerun()


def _close() -> None:
    st.session_state.pop(OPENED, None)


# --- one lead --------------------------------------------------------------------------------------


def _lead(item: LeadItem) -> None:
    name = f"{item.platform}-{item.comment_id}"
    with st.container(border=True, key=f"touch-l-{name}"):
        facts = (
            _kind_name(item.kind),
            _state_name(item.state),
            remarks.place(item.place),
            format.short_day(item.written_on),
            item.author,
        )
        step = t("comments.leads.next", step=item.next_step, on=item.next_on) if item.next_step else ""
        st.html(
            f'<div class="kb-group"><p>{escape(remarks.excerpt(item.text))}</p>'
            f'<p class="kb-note">{escape(" · ".join(filter(None, facts)))}</p>'
            + (f'<p class="kb-note">{escape(step)}</p>' if step else "")
            + f'<p class="kb-note">{escape(_contact_note(item))}</p></div>'
        )
        for kind, value in st.session_state.get(OPENED, {}).get(item.key, ()):
            st.code(f"{t(f'comments.leads.contact.{kind}')}: {value}", language=None)
        with st.expander(t("comments.leads.edit")):
            _edit(item, name)


def _contact_note(item: LeadItem) -> str:
    if item.is_erased:
        return t("comments.leads.erased")
    key = "kept" if item.has_contact else "none"
    return t(f"comments.leads.contact_{key}", on=item.erase_on)


def _edit(item: LeadItem, name: str) -> None:
    with st.form(f"lead-{name}", border=False):
        state = st.selectbox(
            t("comments.leads.state"),
            LEAD_STATES,
            LEAD_STATES.index(item.state) if item.state in LEAD_STATES else 0,
            format_func=_state_name,
            key=f"state-{name}",
        )
        owner = st.text_input(t("comments.leads.owner"), item.owner, key=f"owner-{name}", max_chars=60)
        step = st.text_input(t("comments.leads.step"), item.next_step, key=f"step-{name}", max_chars=200)
        on = st.date_input(t("comments.leads.next_on"), item.next_on, key=f"on-{name}")
        note = st.text_area(t("comments.leads.note"), item.note, key=f"note-{name}", max_chars=1000)
        erase_on = st.date_input(t("comments.leads.erase_on"), item.erase_on, key=f"erase-on-{name}")
        if st.form_submit_button(t("comments.leads.save")):
            changes = {
                "state": state,
                "owner": owner,
                "next_step": step,
                "next_on": on,
                "note": note,
                "erase_on": erase_on,
            }
            number = feedback.act(shop_leads.update_lead, item.key, changes)
            if number is not None:
                feedback.report(t("comments.leads.saved"), number)
            st.rerun()
    with st.popover(t("comments.leads.erase"), icon=":material/delete:"):
        text.note(t("comments.leads.erase_note"))
        st.button(t("comments.leads.erase_yes"), key=f"erase-{name}", on_click=_erase, args=(item,))


def _erase(item: LeadItem) -> None:
    if feedback.tried(lambda: shop_leads.erase_lead(cache.database(), item.key, actor=actor.actor())):
        opened = st.session_state.get(OPENED)
        if opened:
            opened.pop(item.key, None)
        feedback.report(t("comments.leads.erased_done"))
