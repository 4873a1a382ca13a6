"""Law: every column of text says something about a person, or is named here as one that does not."""

from sqlalchemy import LargeBinary, String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from shop.access.roles import OWNER
from shop.privacy.inventory import personal_columns, stored_of_people
from tests.support.shops.small_shop import line, store


def words(text: str) -> set[str]:
    return set(text.split())


WITHOUT_PERSONS = words("""
    ad_channel after_sale answered_how attribution basis batch_id campaign_key carrier cause channel clay
    code column comment_id content_id courier currency day description digest error extras fact family field
    figure firing_id first_carrier first_currency first_key first_month first_on first_seller form fuel
    glaze goal_metric grade group_numbers holder how ids image intents into item key kiln_id kind language
    last_action last_on level line_id listing_id mark_id material_id meaning metric month move_key name number outcome
    owner_kind packing parent_id part_sku parts photo_id place platform platform_sku points position
    positions private_key product product_code product_id profile public_key reader reason_label reasons
    refund_id replay_url rest_key role salt seconds_of seller sentiment session_id set_sku settled_how
    settled_on settlement_id sha256 shipping_text size skipped_steps sku source sources spec spend_currency stage starts
    state stated_sku status stock_policy subject task thumb time_zone title token_hash type unit up value verb
    version video_id video_title void_on waits_for wanted_status wanted_title wants word worksheet
""")  # words of products, keys of ours, codes; a new column of text is added here or in the inventory
OTHERWISE_NAMED = {
    ("stock_movement", "reason"),
    ("material_movement", "reason"),
    ("photo", "owner"),
    ("alert", "details"),
    ("cost_rate", "province"),
}


def test_every_column_of_text_is_classified():
    personal = {(table, column) for table, column, _ in personal_columns()}
    unknown = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String | LargeBinary | AutoString)
        and (table.name, column.name) not in personal | OTHERWISE_NAMED
        and column.name not in WITHOUT_PERSONS
    ]
    assert unknown == []


def test_the_inventory_counts_what_is_there(db):
    store(
        db,
        lines=[
            line("A1", "2026-03-01 10:00:00", 9900, buyer_key=7, province="江西"),
            line("A2", "2026-03-02 10:00:00", 100),
        ],
    )
    counted = {(item.table, item.column): item.rows for item in stored_of_people(db, actor=OWNER)}
    assert counted["order_line", "buyer_key"] == 1
    assert counted["order_line", "province"] == 1
    assert counted["order_line", "order_id"] == 2
    assert counted["comment", "text"] == 0
