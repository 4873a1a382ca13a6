"""What is derived from stored rows alone is the same as computed anew, in every transaction, whatever was written."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from etl.sync import landing
from shop.db.version_cache import per_version
from shop.metrics.sources import gap_days
from tests.support.fresh import new_database
from tests.support.odd_inputs.examples import examples

PLACE = landing.Place(1, "douyin_shop", "orders")
DAY = 86_400


def count(connection):
    return connection.execute(text("SELECT COUNT(*) FROM read_stretch")).scalar()


def derived(connection):
    return per_version(connection, "count", lambda: count(connection))


@settings(max_examples=examples(15))
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=10))
def test_no_transaction_sees_what_another_version_gave(tmp_path_factory, steps):
    db = new_database(tmp_path_factory.mktemp("derived") / "shop.db")
    with db.read() as early:
        before = derived(early)
        for number, (is_undone, is_asked) in enumerate(steps):
            try:
                with db.write() as connection:
                    landing.add_stretch(
                        connection, PLACE, 2 * number * DAY, (2 * number + 1) * DAY, has_records=True
                    )
                    assert derived(connection) == count(connection)
                    if is_undone:
                        raise InterruptedError
            except InterruptedError:
                pass
            if is_asked:
                with db.read() as connection:
                    assert derived(connection) == derived(connection) == count(connection)
        assert derived(early) == count(early) == before
    db.close()


def test_days_without_a_sale_become_known_by_a_sync_that_brings_nothing(db):
    """The page shows them at once, although no row of an order was written."""

    def gaps():
        with db.read() as connection:
            return gap_days(connection, 1, date(2025, 1, 10), date(2025, 3, 31))

    def read(since, until):
        with db.write(quiet=True) as connection:
            landing.add_stretch(connection, PLACE, since, until, has_records=False)

    january = 1_735_660_800  # the first, at midnight in Shanghai
    read(january, january + DAY // 2)
    assert len(gaps()) == 59  # few days sold: what is known of a month counts for all of it
    version = db.version()
    read(january + DAY // 2, january + DAY // 2 + 60)
    assert db.version() == version
    read(january + DAY, january + 80 * DAY)
    assert gaps() == frozenset()
    assert db.version() > version
    with db.write(quiet=True) as connection:
        landing.end_stretches(connection, PLACE, january + DAY)
    assert len(gaps()) == 59
