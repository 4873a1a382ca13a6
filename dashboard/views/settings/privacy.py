"""Privacy: what is stored of whom, for how long, and one buyer by an order number."""

from __future__ import annotations

import json
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.text.safety.privacy import duration
from dashboard.ui import cache, feedback, tables, text
from dashboard.ui.actor import actor
from shop.backups.retention import DAYS, WEEKS
from shop.core.errors import ShopError
from shop.privacy import buyer, inventory, retention

CHOICES: tuple[int | None, ...] = (7, 30, 90, 180, 365, 730, 1825, None)


def show() -> None:
    """What is stored, the days of each kind, and one buyer."""
    _stored()
    text.heading(t("privacy.retention.title"))
    for rule in retention.retention_rules(cache.database(), actor=actor()):
        _rule(rule)
    text.heading(t("privacy.buyer.title"))
    _buyer()


def _stored() -> None:
    text.note(t("privacy.lead"))
    columns = [column for column in cache.cached(inventory.stored_of_people, actor=actor()) if column.rows]
    if not columns:
        text.note(t("privacy.none"))
        return
    table = pd.DataFrame(
        {
            "who": t(f"privacy.people.{column.who}"),
            "what": t(f"privacy.items.{column.what}"),
            "form": t(f"privacy.forms.{column.form}"),
            "rows": column.rows,
            "where": f"{column.table}.{column.column}",
        }
        for column in columns
    )
    sums = table.groupby(["who", "what", "form"], sort=False, as_index=False).agg(
        rows=("rows", "sum"), where=("where", ", ".join)
    )
    cells = [Column(name, t(f"privacy.{name}"), "text") for name in ("who", "what", "form")]
    cells += [Column("rows", t("privacy.rows"), "count"), Column("where", t("privacy.where"), "text")]
    tables.show("privacy", sums, cells)


def _rule(rule: retention.RetentionRule) -> None:
    with st.container(border=True, key=f"retention-{rule.kind}"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            choices = sorted({*CHOICES, rule.days} - ({None} if rule.kind == "leads" else set()), key=_order)
            chosen = st.selectbox(
                t(f"privacy.retention.{rule.kind}"),
                choices,
                choices.index(rule.days),
                format_func=duration,
                key=f"days-{rule.kind}",
                width=260,
            )
            if chosen != rule.days:
                _change(rule, chosen)
        text.note(
            f"{t(f'privacy.retention.{rule.kind}_note')} {t('privacy.retention.state', stored=rule.stored)}"
        )


def _order(days: int | None) -> int:
    return days or 1 << 30


def _change(rule: retention.RetentionRule, days: int | None) -> None:
    due = retention.due_after(cache.database(), rule.kind, days, actor=actor())
    if not due:
        st.button(
            t("privacy.retention.apply"),
            key=f"apply-{rule.kind}",
            type="primary",
            on_click=_apply,
            args=(rule.kind, days),
        )
        return
    with st.popover(t("privacy.retention.apply"), key=f"sure-{rule.kind}", type="primary"):
        text.note(t("privacy.retention.sure", due=due))
        st.button(t("privacy.retention.go"), key=f"go-{rule.kind}", on_click=_apply, args=(rule.kind, days))


def _apply(kind: str, days: int | None) -> None:
    erased = feedback.act(retention.set_retention, kind, days)
    if erased is not None:
        feedback.report(t("privacy.retention.done", erased=erased))


def _buyer() -> None:
    text.note(t("privacy.buyer.note"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.text_input(
            t("privacy.buyer.order"), key="privacy-order", autocomplete="off", width=340
        ).strip()
        platform = ""
        seen: buyer.Erasure | None = None
        if order:
            try:
                seen = buyer.preview_erasure(cache.database(), order, actor=actor())
            except buyer.AmbiguousOrder as problem:
                platforms = str(problem.details["platforms"]).split(", ")
                platform = st.selectbox(
                    t("privacy.buyer.platform"),
                    platforms,
                    format_func=lambda name: t(f"platform.{name}"),
                    key="privacy-platform",
                    width=200,
                )
                seen = buyer.preview_erasure(cache.database(), order, platform, actor=actor())
            except ShopError as problem:
                feedback.store_error(problem)
    feedback.show_error()
    if seen is not None:
        _one_buyer(order, platform, seen)


def _one_buyer(order: str, platform: str, seen: buyer.Erasure) -> None:
    if seen.is_known:
        text.note(t("privacy.buyer.known", **vars(seen)))
    else:
        text.note(t("privacy.buyer.unknown", order=order))
    with st.container(horizontal=True):
        st.download_button(
            t("privacy.buyer.download"),
            partial(_document, order, platform),
            file_name=f"kilnboard-{order}.json",
            mime="application/json",
            key="privacy-export",
            icon=":material/download:",
            on_click="ignore",
        )
        with st.popover(t("privacy.buyer.erase"), key="privacy-erase"):
            text.note(
                t(
                    "privacy.buyer.erase_sure",
                    comments=seen.comments,
                    notes=seen.notes,
                    days=DAYS,
                    weeks=WEEKS,
                )
            )
            st.button(
                t("privacy.buyer.erase_go"),
                key="privacy-erase-go",
                type="primary",
                on_click=_erase,
                args=(order, platform),
            )


def _document(order: str, platform: str) -> bytes:
    stored = buyer.export_buyer(cache.database(), order, platform, actor=actor())
    return json.dumps(stored, ensure_ascii=False, indent=2).encode()


def _erase(order: str, platform: str) -> None:
    done = feedback.act(buyer.erase_buyer, order, platform)
    if done is not None:
        st.session_state["privacy-order"] = ""
        feedback.report(t("privacy.buyer.erased", order=order, **vars(done)))
