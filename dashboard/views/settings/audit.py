"""Who did what, from where, when: the audit log with filters, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.i18n.messages import t
from dashboard.text.metrics import Column
from dashboard.text.safety.audit import action_name, origin_name, person_name, subject_name
from dashboard.text.safety.backups import moment
from dashboard.ui import cache, tables, text, url_state
from dashboard.ui.actor import actor
from shop.access.audit_search import PAGE_ROWS, AuditFilter, audit_page, people_and_actions
from shop.metrics.settings import shop_settings

FIELDS = ("when", "person", "action", "subject", "origin", "undone")


def show() -> None:
    """The filters, the rows of one page, and the pages."""
    db = cache.database()
    people, actions = people_and_actions(db, actor=actor())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        person = url_state.choice(
            st.selectbox, t("audit.person"), ["", *people], "person", _person, width=200
        )
        action = url_state.choice(
            st.selectbox, t("audit.action"), ["", *actions], "action", _action, width=260
        )
        day = st.date_input(t("audit.day"), None, key="audit-day", width=200)
    wanted = AuditFilter(person, action, *_bounds(day))
    lines, total = audit_page(db, wanted, url_state.page(), actor=actor())
    text.note(t("audit.total", count=total))
    if not lines:
        return
    table = pd.DataFrame(
        {
            "when": moment(db, line.done_at),
            "person": person_name(line.person),
            "action": action_name(line.action),
            "subject": subject_name(line.subject),
            "origin": origin_name(line.origin),
            "undone": t("audit.undone", who=person_name(line.undone_by), when=moment(db, line.undone_at))
            if line.undone_at
            else "",
        }
        for line in lines
    )
    tables.show("audit", table, [Column(name, t(f"audit.{name}_of"), "text") for name in FIELDS])
    url_state.pages(-(-total // PAGE_ROWS))


def _person(name: str) -> str:
    return person_name(name) or t("audit.all")


def _action(name: str) -> str:
    return action_name(name) or t("audit.all")


def _bounds(day: date | None) -> tuple[int, int]:
    """The first second of a day of the shop (UTC) and of the next one; everything where there is none."""
    if not isinstance(day, date):
        return 0, 1 << 62
    with cache.database().read() as connection:
        zone = ZoneInfo(shop_settings(connection).time_zone)
    starts = (datetime.combine(on, time(), zone) for on in (day, day + timedelta(days=1)))
    first, after = (int(start.astimezone(UTC).timestamp()) for start in starts)
    return first, after
