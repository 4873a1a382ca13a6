"""The campaign table: known dates, what the owner types over them, and how a period is laid along."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.access.audit import recent
from shop.access.roles import OWNER, Actor, NotAllowed
from shop.core.periods import Period
from shop.growth.comparison.campaigns import (
    BadCampaign,
    UnknownCampaign,
    campaign_of,
    editions,
    laid,
    remove_campaign,
    reset_campaign,
    save_calendar,
    set_campaign,
)
from shop.undo.catalog import undo

CREATOR, ASSISTANT = Actor("小满", "creator"), Actor("阿黎", "assistant")
JUNE = Period(date(2025, 5, 13), date(2025, 6, 18))


def of(db, key, year):
    return next((item for item in editions(db, range(year, year + 1)) if item.key == key), None)


def test_past_years_are_listed_and_all_are_estimates_until_typed_over(db):
    assert of(db, "618", 2025).period == JUNE
    assert of(db, "618", 2025).is_estimate  # nobody checked it against an announcement
    assert of(db, "618", 2040).period == Period(date(2040, 5, 13), date(2040, 6, 18))
    assert of(db, "618", 2040).is_estimate
    goods = of(db, "new_year_goods", 2025)  # the new year began on 29 January 2025
    assert goods.period == Period(date(2025, 1, 1), date(2025, 1, 19))
    assert goods.is_estimate


def test_what_is_typed_goes_before_what_is_known_until_it_is_undone(db):
    mine = Period(date(2025, 6, 1), date(2025, 6, 20))
    set_campaign(db, "618", 2025, mine, actor=CREATOR)
    assert of(db, "618", 2025).period == mine
    assert of(db, "618", 2025).is_own
    set_campaign(db, "618 大促", 2025, JUNE, key="618", actor=OWNER)
    assert of(db, "618", 2025).name == "618 大促"
    reset_campaign(db, "618", 2025, actor=CREATOR)
    assert not of(db, "618", 2025).is_own
    with pytest.raises(UnknownCampaign):
        reset_campaign(db, "618", 2025, actor=CREATOR)


def test_an_own_campaign_lives_in_its_years_alone_and_can_be_removed(db):
    for year in (2024, 2025):
        set_campaign(db, " 开窑节 ", year, Period(date(year, 4, 1), date(year, 4, 5)), actor=OWNER)
    assert of(db, "开窑节", 2025).name == "开窑节"
    assert of(db, "开窑节", 2026) is None
    remove_campaign(db, "开窑节", 2025, actor=CREATOR)
    remove_campaign(db, "618", 2025, actor=CREATOR)
    assert of(db, "开窑节", 2025) is None
    assert of(db, "618", 2025) is None
    with pytest.raises(UnknownCampaign):
        remove_campaign(db, "618", 2025, actor=CREATOR)


def test_every_change_is_written_down_and_can_be_undone(db):
    april = Period(date(2025, 4, 1), date(2025, 4, 5))
    set_campaign(db, "开窑节", 2025, april, actor=CREATOR)
    set_campaign(db, "开窑节", 2025, Period(date(2025, 4, 2), date(2025, 4, 6)), actor=OWNER)
    remove_campaign(db, "开窑节", 2025, actor=OWNER)
    done = recent(db, actions=("campaign.",))
    assert [(item.actor, item.action, item.subject) for item in done] == [
        ("owner", "campaign.remove", "开窑节 2025"),
        ("owner", "campaign.set", "开窑节 2025"),
        ("小满", "campaign.set", "开窑节 2025"),
    ]
    for item in done[:2]:
        undo(db, item.audit_id, actor=CREATOR)
    assert of(db, "开窑节", 2025).period == april
    undo(db, done[2].audit_id, actor=CREATOR)
    assert of(db, "开窑节", 2025) is None


def test_an_edited_calendar_is_saved_whole_and_undone_whole(db):
    april = Period(date(2025, 4, 1), date(2025, 4, 5))
    before = editions(db, range(2025, 2026))
    with pytest.raises(UnknownCampaign):
        save_calendar(db, [("开窑节", 2025, april)], [("窑变节", 2025)], actor=OWNER)
    assert editions(db, range(2025, 2026)) == before
    number = save_calendar(db, [("开窑节", 2025, april), ("双11", 2025, JUNE)], [("618", 2025)], actor=OWNER)
    assert of(db, "开窑节", 2025).period == april
    assert of(db, "double11", 2025).period == JUNE and of(db, "618", 2025) is None
    undo(db, number, actor=OWNER)
    assert editions(db, range(2025, 2026)) == before
    assert save_calendar(db, [], [], actor=OWNER) == 0


def test_setting_the_same_dates_again_is_no_change(db):
    for _ in range(2):
        set_campaign(db, "618", 2025, JUNE, actor=OWNER)
    assert len(recent(db, actions=("campaign.",))) == 1


def test_an_assistant_may_not_edit_the_calendar(db):
    for command in (remove_campaign, reset_campaign):
        with pytest.raises(NotAllowed):
            command(db, "618", 2025, actor=ASSISTANT)
    with pytest.raises(NotAllowed):
        set_campaign(db, "618", 2025, JUNE, actor=ASSISTANT)


@pytest.mark.parametrize(("name", "days"), [("  ", 5), ("x", 121)])
def test_a_campaign_without_a_name_or_of_half_a_year_is_rejected(db, name, days):
    period = Period(date(2025, 1, 1), date.fromordinal(date(2025, 1, 1).toordinal() + days - 1))
    with pytest.raises(BadCampaign):
        set_campaign(db, name, 2025, period, actor=OWNER)


def test_a_day_in_two_campaigns_belongs_to_the_shorter_one(db):
    set_campaign(db, "开窑节", 2025, Period(date(2025, 6, 1), date(2025, 6, 3)), actor=OWNER)
    result = editions(db, range(2025, 2026))
    assert campaign_of(date(2025, 6, 2), result).name == "开窑节"
    assert campaign_of(date(2025, 6, 10), result).name == "618"
    assert campaign_of(date(2025, 8, 1), result) is None


days = st.integers(-60, 60)


@given(days, st.integers(1, 40), st.integers(1, 60), st.integers(1, 60))
def test_a_laid_period_never_ends_before_it_starts(shift, length, now_days, then_days):
    base = date(2024, 6, 1).toordinal()
    now = Period(date.fromordinal(base), date.fromordinal(base + now_days - 1))
    then = Period(date.fromordinal(base - 365), date.fromordinal(base - 366 + then_days))
    period = Period(date.fromordinal(base + shift), date.fromordinal(base + shift + length - 1))
    assert laid(now, now, then) == then
    assert laid(period, now, now) == period
    result = laid(period, now, then)
    assert result.days >= 1
