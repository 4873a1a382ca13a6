"""The queue of what sold without a variant: likely ones to confirm at a touch, others by choice."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import format
from dashboard.i18n.messages import t
from dashboard.text import catalog
from dashboard.text.choices import distinct_labels
from dashboard.text.markdown import literal
from dashboard.text.safety.audit import person_name
from dashboard.ui import cache, feedback, text
from shop.catalog import match_queue, match_rules
from shop.catalog.match_queue import Unmatched
from shop.catalog.match_rules import ConfirmedRule
from shop.catalog.suggestions import SkuSuggestion
from shop.core.text import full_title
from shop.listings import catalog_table

SHOWN = 8


def queue() -> None:
    """The part of the page: what waits, and the rules that were confirmed."""
    result = cache.cached(match_queue.unmatched, suggest=SHOWN)
    if not result:
        text.note(t("listings.queue.none"))
    else:
        text.heading(t("listings.queue.title"))
        text.note(t("listings.queue.note"))
        choices = cache.cached(catalog_table.named_skus)
        for place, row in enumerate(result[:SHOWN]):
            _row(place, row, choices)
        if len(result) > SHOWN:
            text.note(t("listings.queue.more", count=len(result) - SHOWN))
    _rules()


def _row(place: int, row: Unmatched, choices: dict[str, str]) -> None:
    """One thing that waits, with what is known of it."""
    with st.container(border=True, key=f"touch-waiting-{place}"):
        st.markdown(f"**{literal(full_title(row.title or row.code, row.spec))}**")
        text.note(_facts(row))
        if row.suggestions:
            st.caption(t("listings.queue.suggest"))
            with st.container(horizontal=True, gap="small"):
                for item in row.suggestions[:3]:
                    _suggestion(row, item)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                t("listings.queue.other"),
                tuple(choices),
                index=None,
                width=260,
                key=f"other-{row.field}-{row.value}",
                format_func=distinct_labels(choices, choices.__getitem__),
                placeholder=t("listings.queue.pick"),
            )
            if chosen:
                st.button(
                    t("listings.queue.is"),
                    key=f"is-{row.field}-{row.value}",
                    type="primary",
                    on_click=_confirm,
                    args=(row, chosen),
                )
            st.button(
                t("listings.queue.new"),
                key=f"make-{row.field}-{row.value}",
                icon=":material/add:",
                on_click=_make,
                args=(row,),
            )
            st.button(
                t("listings.queue.ignore"),
                key=f"ignore-{row.field}-{row.value}",
                help=t("listings.queue.ignore_tip"),
                on_click=_ignore,
                args=(row,),
            )


def _facts(row: Unmatched) -> str:
    """How much it was sold, under which code, and why it waits."""
    parts = [t("listings.queue.never")]
    if row.units and row.last_on:
        before = format.currency()
        format.use_currency(row.currency or before)
        parts = [t("listings.queue.sold", units=row.units, gmv=row.gmv_cents, last=row.last_on)]
        format.use_currency(before)
    if row.code and row.code != row.title:
        parts.append(t("listings.queue.code", code=row.code))
    parts += [catalog.platform(name) for name in row.platforms]
    candidates = format.listed(row.candidate_skus)
    parts.append(t(f"listings.queue.why.{row.why}", claimed=candidates))
    return " · ".join(parts)


def _suggestion(row: Unmatched, item: SkuSuggestion) -> None:
    """One likely variant as a button; what speaks for it stands in its tip."""
    why = format.listed(t(f"listings.queue.signs.{name}") for name in item.because)
    st.button(
        literal(f"{item.title} ({item.sku})"),
        key=f"take-{row.field}-{row.value}-{item.sku}",
        icon=":material/check:",
        on_click=_confirm,
        args=(row, item.sku),
        help=t("listings.queue.because", why=why) if why else None,
    )


def _confirm(row: Unmatched, sku: str) -> None:
    done = feedback.act(match_rules.confirm, row.field, row.value, sku)
    if done:
        feedback.report(t("listings.undo.matched", wordings=done.wordings), done.audit_id)


def _ignore(row: Unmatched) -> None:
    done = feedback.act(match_rules.ignore, row.field, row.value)
    if done:
        feedback.report(t("listings.undo.ignored"), done.audit_id)


def _make(row: Unmatched) -> None:
    done = feedback.act(match_rules.create_product, row)
    if done:
        feedback.report(t("listings.undo.made", sku=done.skus[0]), done.audit_id)


def _rules() -> None:
    result = cache.cached(match_rules.rules)
    if not result:
        return
    with st.expander(t("listings.queue.rules"), expanded=False):
        for item in result[:100]:
            _rule(item)


def _rule(item: ConfirmedRule) -> None:
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
        key=f"rule-{item.field}-{item.value}",
    ):
        sku = item.sku or t("listings.queue.rule_ignored")
        note = t("listings.queue.rule_note", who=person_name(item.created_by), wordings=item.wordings)
        text.note(t("listings.queue.rule", value=item.value, sku=sku) + " · " + note)
        st.button(
            t("listings.queue.take_back"),
            key=f"back-{item.field}-{item.value}",
            type="tertiary",
            on_click=_undo,
            args=(item,),
        )


def _undo(item: ConfirmedRule) -> None:
    done = feedback.act(match_rules.remove_rule, item.field, item.value)
    if done:
        feedback.report(t("listings.undo.taken_back"), done.audit_id)
