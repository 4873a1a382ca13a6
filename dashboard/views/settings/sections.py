"""The sections of the Settings page, in the order of the list: a new one is one entry here."""

from __future__ import annotations

from dashboard.views.settings import (
    about,
    audit,
    backups,
    connections,
    costs,
    messages,
    privacy,
    rates,
    schedule,
    shop,
)
from dashboard.views.settings.section import Section

SECTIONS: tuple[Section, ...] = (
    Section("shop", "shop", "storefront", shop.show, shop.state),
    Section("costs", "shop", "payments", costs.show, costs.state, needs="set_costs"),
    Section("rates", "shop", "currency_exchange", rates.show, rates.state),
    Section("goals", "shop", "flag", page="growth", link={"part": "ahead"}, needs="set_goals"),
    Section(
        "campaigns", "shop", "celebration", page="growth", link={"part": "campaigns"}, needs="edit_calendar"
    ),
    Section("connections", "platforms", "link", connections.show, connections.state),
    Section("schedule", "platforms", "schedule", schedule.show, schedule.state),
    Section("profiles", "platforms", "table_view", page="data"),
    Section("ads", "platforms", "ads_click", page="data"),
    Section(
        "own_accounts", "platforms", "badge", page="comments", link={"comments": "settings"}, needs="answer"
    ),
    Section("people", "people", "group", page="people", needs="see_stock"),
    Section("group", "people", "store", page="group"),
    Section("messages", "people", "notifications", messages.show, messages.state),
    Section("backups", "safety", "save", backups.show, backups.state),
    Section("privacy", "safety", "shield_person", privacy.show),
    Section("audit", "safety", "history", audit.show),
    Section("about", "program", "info", about.show, about.state, needs="see_stock"),
)
