"""Reconciliation in words and on the command line, in zh and en."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import root_command
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.text import reconciliation
from shop.access.roles import OWNER
from shop.core.periods import Period
from shop.db.database import Database
from shop.reconciliation.definitions import FIGURES, OURS, definitions
from shop.reconciliation.reconcile import reconcile_all
from shop.reconciliation.residuals import Residual
from shop.reconciliation.statements import enter_statement
from tests.support.shops.books import order, write

FIFTH = date(2026, 3, 5)


@pytest.fixture
def shop(db: Database) -> Database:
    write(
        db,
        order("A", "2026-03-05 10:00:00", 10_007, shipping_cents=801),
        order("B", "2026-03-05 11:00:00", 20_011),
    )
    return db


@pytest.fixture
def run(shop: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KILNBOARD_DB", str(shop.path))
    use_language("en")

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(root_command(), [str(a) for a in arguments], catch_exceptions=False)

    return run


def test_a_typed_total_is_shown_with_its_difference_and_orders(run: Any) -> None:
    assert "Type one" in run("reconcile").output or "type one" in run("reconcile").output
    message = run("reconcile", "state", "douyin", FIFTH, "gmv", "308.19", "--note", "back office")
    assert message.output == "Typed in: Douyin, 5 Mar 2026, GMV ¥308.19.\n"
    result = run("reconcile")
    assert result.exit_code == 0
    assert "states GMV ¥308.19, ¥8.01 more than our ¥300.18, and every cent of it is explained" in (
        result.output
    )
    assert "it counts otherwise: with shipping" in result.output
    assert "A  ¥8.01" in result.output
    assert run("reconcile", "forget", "douyin", FIFTH, "gmv").exit_code == 0


def test_what_stays_unexplained_ends_with_1(run: Any) -> None:
    run("reconcile", "state", "douyin", FIFTH, "gmv", "1234.56")
    result = run("reconcile", "--day", FIFTH)
    assert result.exit_code == 1
    assert "¥934.38 of it is unexplained" in result.output
    assert run("reconcile", "--day", "2026-03-06").exit_code == 0


def test_reconcile_has_a_stable_format(run: Any) -> None:
    run("reconcile", "state", "douyin", FIFTH, "gmv", "308.19", "--orders", 2)
    result = json.loads(run("reconcile", "--json").output)["reconciliations"]
    assert [item["figure"] for item in result] == ["orders", "gmv"]
    money = result[1]
    assert list(money) == [
        "platform",
        "from",
        "to",
        "figure",
        "currency",
        "source",
        "stated",
        "ours",
        "difference",
        "unexplained",
        "definition",
        "counts_as_we_do",
        "evidence",
        "causes",
    ]
    assert (money["stated"], money["ours"], money["difference"]) == (30_819, 30_018, 801)
    assert money["causes"] == [
        {
            "kind": "shipping",
            "rule": "with",
            "amount": 801,
            "is_certain": True,
            "orders": [{"platform": "douyin", "order_id": "A", "amount": 801, "currency": "CNY"}],
            "rows": [],
            "days": [],
        }
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("reconcile", "state", "duoyin", "2026-03-05", "gmv", "5"),
        ("reconcile", "state", "douyin", "yesterday", "gmv", "5"),
        ("reconcile", "state", "douyin", "2026-03-05", "gmv", "much"),
        ("reconcile", "state", "douyin", "2026-03-05", "aov", "5"),
        ("reconcile", "forget", "douyin", "2026-03-05", "gmv"),
        ("reconcile", "--day", "x"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(run: Any, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.output) > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_and_reason_has_a_message(shop: Database, language: str) -> None:
    use_language(language)
    for figure in FIGURES:
        for rule in definitions(figure):
            for name in rule.differs(OURS[figure]):
                assert reconciliation.rule(name, getattr(rule, name))
    for kind in ("midnight", "one_order", "set_aside", "not_imported", "other_currency"):
        message = reconciliation.residual(Residual(kind, 1, days=(Period(FIFTH, FIFTH),)))  # type: ignore[arg-type]
        assert "{" not in message
    for amount in (30_018, 30_819, 99_999):
        enter_statement(shop, "douyin", FIFTH, "gmv", amount, actor=OWNER)
        (result,) = reconcile_all(shop)
        assert "{" not in reconciliation.sentence(result) + reconciliation.definition(result)
    enter_statement(shop, "kuaishou", FIFTH, "orders", 3, actor=OWNER)
    result = reconcile_all(shop, "kuaishou")[0]
    assert ("how it counts is unknown" if language == "en" else "看不出") in reconciliation.definition(result)
