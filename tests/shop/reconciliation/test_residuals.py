"""Residual differences: rejected rows, days without a file, other currencies."""

from datetime import date

from sqlalchemy import text

from shop.access.roles import OWNER
from shop.core.periods import Period
from shop.reconciliation.reconcile import reconcile_all
from shop.reconciliation.statements import enter_statement
from tests.shop.reconciliation.small_case import FIFTH, OUR_GMV, PLAIN, reconciled
from tests.support.shops.books import order, write


def file_of(db, first: str, last: str, *, aside: tuple[str, ...] = ()) -> None:
    with db.write() as connection:
        source = connection.execute(
            text(
                "INSERT INTO source_file (shop_id, sha256, name, kind, reader, bytes, read, stored, "
                "unchanged, set_aside, first_on, last_on, imported_at) VALUES (1, :first, '三月.csv', "
                "'douyin_orders', '1', 1, 1, 1, 0, 0, :first, :last, 0) RETURNING source_id"
            ),
            {"first": first, "last": last},
        ).scalar_one()
        for row, raw in enumerate(aside, 7):
            connection.execute(
                text(
                    "INSERT INTO rejected_record (shop_id, source_id, row, code, details, raw) "
                    "VALUES (1, :source, :row, 'BadNumber', '{}', :raw)"
                ),
                {"source": source, "row": row, "raw": raw},
            )


def test_rejected_rows_are_named_with_their_order_and_amount(db):
    write(db, *PLAIN)
    file_of(
        db,
        "2026-03-01",
        "2026-03-31",
        aside=(
            '{"order_id": "\\t694", "due": "88.30", "paid_at": "2026-03-05 18:00:00"}',
            '{"order_id": "695", "due": "12.00", "paid_at": "2026-03-19 18:00:00"}',
        ),
    )
    result = reconciled(db, OUR_GMV + 8_830)
    assert result.unexplained == 0
    (driver,) = result.residuals
    assert (driver.kind, driver.amount, driver.is_certain) == ("set_aside", 8_830, False)
    assert [(row.file, row.row, row.order_id, row.amount) for row in driver.rows] == [
        ("三月.csv", 7, "694", 8_830)
    ]


def test_rows_whose_amount_cannot_be_read_are_named_and_nothing_is_guessed(db):
    write(db, *PLAIN)
    file_of(db, "2026-03-01", "2026-03-31", aside=('{"order_id": "694", "due": "?"}',))
    result = reconciled(db, OUR_GMV + 8_831)
    assert [(driver.kind, driver.amount) for driver in result.residuals] == [("set_aside", 0)]
    assert result.unexplained == 8_831


def test_a_day_without_a_file_is_not_imported(db):
    write(db, order("Z", "2026-03-04 10:00:00", 100), order("Y", "2026-03-07 10:00:00", 100))
    file_of(db, "2026-03-01", "2026-03-04")
    file_of(db, "2026-03-06", "2026-03-07")
    result = reconciled(db, 50_000)
    (driver,) = result.residuals
    assert (driver.kind, driver.amount) == ("not_imported", 50_000)
    assert driver.days == (Period(FIFTH, FIFTH),)
    assert result.unexplained == 0
    assert result.evidence == 0


def test_a_platform_of_which_nothing_was_ever_read(db):
    enter_statement(db, "kuaishou", FIFTH, "gmv", 4_000, actor=OWNER)
    (result,) = reconcile_all(db, "kuaishou")
    assert [(driver.kind, driver.amount) for driver in result.residuals] == [("not_imported", 4_000)]


def compass_report(db, first: str, last: str, cents: int) -> None:
    with db.write() as connection:
        for product, amount in (("p1", cents - 5_000), ("p2", 5_000)):
            for carrier in ("all", "live"):
                connection.execute(
                    text(
                        "INSERT INTO product_statement (shop_id, platform, product_id, first_on, "
                        "last_on, carrier, currency, gmv_cents, updated_at, payload_hash) VALUES "
                        "(1, 'douyin', :product, :first, :last, :carrier, 'CNY', :amount, 1, 1)"
                    ),
                    {"product": product, "first": first, "last": last, "carrier": carrier, "amount": amount},
                )


def test_a_report_over_days_of_which_some_have_no_file(db):
    rows = [order(f"o{day}", f"2026-03-{day:02} 10:00:00", 1_000 * day) for day in (1, 2, 3, 6, 7)]
    write(db, *rows)
    file_of(db, "2026-03-01", "2026-03-03")
    file_of(db, "2026-03-06", "2026-03-07")
    compass_report(db, "2026-03-01", "2026-03-07", 19_000 + 9_000)
    (result,) = reconcile_all(db)
    assert result.ours == 19_000
    (driver,) = result.residuals
    assert (driver.kind, driver.amount) == ("not_imported", 9_000)
    assert driver.days == (Period(date(2026, 3, 4), date(2026, 3, 5)),)


def test_orders_in_another_currency_are_named_and_never_added(db):
    write(db, *PLAIN)
    write(db, order("M", "2026-03-05 10:00:00", 9_900, currency="MYR"))
    result = reconciled(db, OUR_GMV + 15_001)
    (driver,) = result.residuals
    assert (driver.kind, driver.amount) == ("other_currency", 0)
    assert [(item.order_id, item.amount, item.currency) for item in driver.orders] == [("M", 9_900, "MYR")]
    assert result.unexplained == 15_001


# --- the committed reports --------------------------------------------------------------------------
