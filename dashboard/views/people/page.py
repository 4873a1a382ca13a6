"""The people page: who may sign in and as what, where they are signed in, and the address for phones."""

from __future__ import annotations

from dashboard.i18n.messages import t
from dashboard.ui import cache, text
from dashboard.ui.actor import actor, person
from dashboard.ui.frame import people
from dashboard.views.people import accounts, phone, sessions


def show() -> None:
    """The parts that the current user may use."""
    user = actor()
    if person() is None:
        text.sentence(t("people.nobody"))
        text.note(t("people.nobody_why"))
        if user.may("manage_shop"):
            people.set_up_link("/people")
        return
    text.sentence(t("people.sentence", user=user.name, role=t(f"people.roles.{user.role}")))
    if user.may("manage_shop"):
        phone.show()
        accounts.show(cache.database(), user)
    sessions.show(cache.database(), user)


show()
