"""The page of the group: the shops that the user may see, and for the owner of the home their list."""

from __future__ import annotations

from dashboard.i18n.messages import t
from dashboard.ui import feedback, text
from dashboard.ui.actor import home_actor, home_database
from dashboard.views.group import shops
from shop.group.shops import listed_shops


def show() -> None:
    """The list, or how one begins."""
    home, manager = home_database(), home_actor()
    entries = listed_shops(home)
    if entries:
        text.sentence(t("group.sentence", shops=len(entries)))
    else:
        text.sentence(t("group.empty"))
        text.note(t("group.empty_note"))
    feedback.bar()
    if manager is not None and manager.may("manage_shop"):
        shops.show(home, entries, manager)


show()
