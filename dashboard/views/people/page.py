"""The people page: who may sign in and as what, where they are signed in, and the address for phones."""

from __future__ import annotations

from dataclasses import replace

from dashboard.i18n.messages import t
from dashboard.ui import feedback, text
from dashboard.ui.actor import actor, home_actor, home_database, person
from dashboard.ui.frame import people
from dashboard.views.people import accounts, phone, sessions


def show() -> None:
    """The parts that the current user may use."""
    home, user = home_database(), home_actor()
    if person() is None:
        text.sentence(t("people.nobody"))
        text.note(t("people.nobody_why"))
        if user is not None and user.may("manage_shop"):
            people.set_up_link("/people")
        return
    here = actor()
    text.sentence(t("people.sentence", user=here.name, role=t(f"people.roles.{here.role}")))
    feedback.bar()
    if user is not None and user.may("manage_shop"):
        phone.show()
        accounts.show(home, user)
    sessions.show(home, user or replace(here, role="packer"))  # a guest sees and ends their own alone


show()
