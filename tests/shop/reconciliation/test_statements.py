"""Platform totals: entered, corrected, deleted, undone, rejected."""

from datetime import timedelta

import pytest

from shop.access.audit import recent
from shop.access.roles import OWNER, NotAllowed
from shop.reconciliation.statements import (
    BadStatement,
    UnknownStatement,
    delete_statement,
    enter_statement,
    statements,
)
from shop.undo.catalog import undo
from tests.shop.reconciliation.small_case import ASSISTANT, FIFTH


def test_a_platform_total_is_overwritten_deleted_and_undone(db):
    enter_statement(db, "douyin", FIFTH, "gmv", 100, actor=OWNER)
    enter_statement(db, "douyin", FIFTH, "gmv", 200, actor=OWNER)
    assert [item.amount for item in statements(db)] == [200]
    delete_statement(db, "douyin", FIFTH, "gmv", actor=OWNER)
    assert statements(db) == ()
    undo(db, recent(db, actions=("stated_total.",))[0].audit_id, actor=OWNER)
    assert [item.amount for item in statements(db)] == [200]
    with pytest.raises(UnknownStatement):
        delete_statement(db, "douyin", FIFTH - timedelta(days=1), "gmv", actor=OWNER)


@pytest.mark.parametrize(
    ("platform", "figure", "amount"), [("duoyin", "gmv", 5), ("douyin", "aov", 5), ("douyin", "gmv", -1)]
)
def test_what_is_no_total_is_rejected(db, platform, figure, amount):
    with pytest.raises(BadStatement):
        enter_statement(db, platform, FIFTH, figure, amount, actor=OWNER)


def test_an_assistant_types_no_totals(db):
    with pytest.raises(NotAllowed):
        enter_statement(db, "douyin", FIFTH, "gmv", 5, actor=ASSISTANT)
    with pytest.raises(NotAllowed):
        delete_statement(db, "douyin", FIFTH, "gmv", actor=ASSISTANT)
