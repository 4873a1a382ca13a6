"""The page of the group: the shops side by side, and for the owner of the home their list."""

from __future__ import annotations

from dashboard.i18n.messages import t
from dashboard.ui import feedback, filters, text
from dashboard.ui.actor import home_actor, home_database
from dashboard.views.group import comparison, shops
from shop.group.shops import group_shops


def show() -> None:
    """The comparison, or how a group begins."""
    home, manager = home_database(), home_actor()
    entries = group_shops(home)
    offered = comparison.offered(home) if entries else []
    if offered:
        comparison.show(home, offered, filters.view())
    else:
        text.sentence(t("group.closed_page" if entries else "group.empty"))
        text.note(t("group.closed_note" if entries else "group.empty_note"))
    feedback.bar()
    if manager is not None and manager.may("manage_shop"):
        shops.show(home, entries, manager)


show()
