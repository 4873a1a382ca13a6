"""The queue: what waits, how much it matters, what it might be; and one word settles all alike."""

from datetime import date

import pytest

from shop.access.roles import OWNER, NotAllowed
from shop.catalog import match_queue, match_rules
from shop.catalog.match_rules import UnknownRule, UnknownSign
from shop.catalog.matching import rematch
from shop.catalog.products import ProductFields, SkuTaken, VariantFields
from shop.db.database import Database
from shop.stock.ledger import UnknownSku
from shop.undo.catalog import undo
from tests.support.stock.commands import LI, MEI, cups, dump, rows, sell, state


def matched(db: Database) -> dict[str, str | None]:
    with db.write() as connection:
        rematch(connection, 1)
    result = rows(db, "SELECT n.sku, m.sku FROM sold_match m JOIN sold_name n USING (name_key)")
    return dict(result)


def test_what_brought_in_most_waits_first_with_its_figures(db: Database):
    cups(db)
    sell(db, "1", "OLD-9", cents=5_000, units=2, title="老款茶碗", on=date(2026, 3, 1))
    sell(db, "2", "OLD-9", cents=6_000, title="老款茶碗 新标题", on=date(2026, 3, 4))
    sell(db, "3", "BIG", cents=90_000, title="大花瓶")
    sell(db, "4", "QC-S")
    matched(db)
    big, old = match_queue.unmatched(db)
    assert (big.code, big.units, big.gmv_cents) == ("BIG", 1, 90_000)
    assert (old.field, old.value, len(old.name_keys)) == ("code", "OLD-9", 2)
    assert (old.units, old.gmv_cents, old.currency) == (3, 16_000, "CNY")
    assert (old.last_on, old.platforms, old.title) == ("2026-03-04", ("douyin",), "老款茶碗 新标题")
    assert match_queue.count(db) == 2


def test_the_same_words_under_two_codes_wait_once(db: Database):
    for order, (code, product) in enumerate((("A", "1"), ("A", "2"), ("B", "3"), ("B", "4"))):
        sell(db, str(order), code, title="青瓷杯", product_id=product)
    (row,) = match_queue.unmatched(db)
    assert (row.field, row.value, len(row.name_keys), row.units) == ("title_spec", "青瓷杯", 4, 4)


def test_the_likeliest_variant_comes_first_and_nothing_is_taken_by_itself(db: Database):
    small, large = cups(db)
    state(db, "500", sku=small, product_id="77")
    sell(db, "1", "77/大", title="手工青瓷主人杯 送礼", spec="大号", product_id="77", cents=16_500)
    assert matched(db) == {"77/大": small}, "one variant known of this product: it is taken for it"
    state(db, "501", sku=large, product_id="77")
    assert matched(db) == {}
    (row,) = match_queue.unmatched(db)
    assert [item.sku for item in row.suggestions] == [large, small]
    best = row.suggestions[0]
    assert best.likely > row.suggestions[1].likely
    assert set(best.because) == {"product", "title", "price"}


def test_something_quite_different_is_not_suggested(db: Database):
    cups(db)
    sell(db, "1", "SHIP-1", title="补差价专拍", cents=100)
    (row,) = match_queue.unmatched(db)
    assert row.suggestions == ()


def test_one_word_settles_all_equal_wordings_past_and_future(db: Database):
    small, _ = cups(db)
    sell(db, "1", "OLD", title="老标题")
    sell(db, "2", "ＯＬＤ", title="新标题")
    sell(db, "3", "OTHER", title="新标题")
    settled = match_rules.confirm(db, "code", "OLD", small, actor=MEI)
    assert settled.wordings == 2
    sell(db, "4", " OLD", title="更新的标题")
    assert matched(db) == {"OLD": small, "ＯＬＤ": small, " OLD": small}
    assert [row.code for row in match_queue.unmatched(db)] == ["OTHER"]
    match_rules.remove_rule(db, "code", "OLD", actor=MEI)
    assert matched(db) == {}
    assert match_queue.count(db) == 2


def test_a_rule_can_be_undone_and_the_undo_too(db: Database):
    small, large = cups(db)
    sell(db, "1", "OLD")
    before = dump(db, "match_rule", "sold_match")
    first = match_rules.confirm(db, "code", "OLD", small, actor=OWNER)
    again = match_rules.confirm(db, "code", "OLD", large, actor=OWNER)
    assert matched(db) == {"OLD": large}
    undo(db, again.audit_id, actor=OWNER)
    assert matched(db) == {"OLD": small}
    back = undo(db, first.audit_id, actor=OWNER)
    assert dump(db, "match_rule", "sold_match") == before
    undo(db, back, actor=OWNER)
    assert matched(db) == {"OLD": small}


def test_what_is_no_piece_of_ours_waits_no_longer(db: Database):
    sell(db, "1", "SHIP", title="补运费")
    match_rules.ignore(db, "code", "SHIP", actor=MEI)
    assert match_queue.unmatched(db) == []
    (rule,) = match_rules.rules(db)
    assert (rule.value, rule.sku, rule.created_by, rule.wordings) == ("SHIP", "", "mei", 1)
    match_rules.remove_rule(db, "code", "SHIP", actor=MEI)
    assert match_queue.count(db) == 1


def test_a_code_that_names_two_products_waits_by_title(db: Database):
    small, large = cups(db)
    sell(db, "1", "A1", title="青瓷杯", spec="小", product_id="1", cents=100)
    sell(db, "2", "A1", title="粉青杯", spec="小", product_id="2", cents=300)
    with db.write() as connection:
        rematch(connection, 1)
    first, second = match_queue.unmatched(db)
    assert (first.field, first.value, first.gmv_cents) == ("title_spec", "粉青杯 | 小", 300)
    assert (second.value, second.gmv_cents) == ("青瓷杯 | 小", 100)
    match_rules.confirm(db, first.field, first.value, large, actor=OWNER)
    match_rules.confirm(db, second.field, second.value, small, actor=OWNER)
    assert match_queue.count(db) == 0


def test_a_new_product_is_created_from_unmatched_items(db: Database):
    sell(db, "1", "CP-7", title="柴烧茶仓", spec="孤品", cents=88_000)
    (row,) = match_queue.unmatched(db)
    added = match_rules.create_product(db, row, product=ProductFields("柴烧茶仓", form="茶仓"), actor=MEI)
    assert added.skus == ("CP-7",)
    assert matched(db) == {"CP-7": "CP-7"}
    undo(db, added.audit_id, actor=MEI)
    assert matched(db) == {}
    assert rows(db, "SELECT * FROM product") == rows(db, "SELECT * FROM match_rule") == []


def test_a_new_product_may_have_a_sku_of_its_own(db: Database):
    sell(db, "1", "6912345/红", title="釉里红杯", spec="红")
    (row,) = match_queue.unmatched(db)
    chosen = VariantFields(sku="YLH-1", price_cents=10_000)
    added = match_rules.create_product(db, row, variant=chosen, actor=MEI)
    assert matched(db) == {"6912345/红": "YLH-1"}
    assert rows(db, "SELECT field, value, sku FROM match_rule") == [("code", "6912345/红", "YLH-1")]
    undo(db, added.audit_id, actor=MEI)
    assert match_queue.count(db) == 1
    with pytest.raises(SkuTaken):
        match_rules.create_product(db, row, variant=VariantFields(sku=cups(db)[0]), actor=MEI)


def test_the_reason_of_an_unmatched_item_is_shown(db: Database):
    small, large = cups(db)
    state(db, "11", sku=small)
    state(db, "11", sku=large, platform="kuaishou")
    state(db, "12", sku="GONE")
    sell(db, "1", "X", platform_sku="11")
    sell(db, "2", "Y", platform_sku="12")
    result = {row.code: row for row in match_queue.unmatched(db)}
    assert (result["X"].why, result["X"].candidate_skus) == ("ambiguous", (large, small))
    assert {item.sku for item in result["X"].suggestions} == {small, large}
    assert (result["Y"].why, result["Y"].candidate_skus) == ("gone", ("GONE",))


def test_a_rule_also_links_a_listing_to_its_sku_and_undoing_it_releases_the_listing(db: Database):
    small, _ = cups(db)
    state(db, "900", sku="their-code", quantity=4)
    match_rules.confirm(db, "code", "their-code", small, actor=OWNER)
    assert rows(db, "SELECT sku, stated_sku FROM listing") == [(small, "their-code")]
    state(db, "900", sku="their-code", quantity=3, updated_at=2000)
    assert matched(db) == {}
    assert rows(db, "SELECT sku, quantity FROM listing") == [(small, 3)]
    match_rules.remove_rule(db, "code", "their-code", actor=OWNER)
    assert rows(db, "SELECT sku, stated_sku FROM listing") == [("their-code", None)]


def test_what_cannot_be_a_rule_is_rejected(db: Database):
    cups(db)
    with pytest.raises(UnknownSku):
        match_rules.confirm(db, "code", "X", "no such", actor=OWNER)
    with pytest.raises(UnknownSign):
        match_rules.confirm(db, "colour", "X", "QC-S", actor=OWNER)
    with pytest.raises(UnknownSign):
        match_rules.ignore(db, "code", "  ", actor=OWNER)
    with pytest.raises(UnknownRule):
        match_rules.remove_rule(db, "code", "X", actor=OWNER)
    with pytest.raises(NotAllowed):
        match_rules.confirm(db, "code", "X", "QC-S", actor=LI)
    assert rows(db, "SELECT * FROM match_rule") == []
