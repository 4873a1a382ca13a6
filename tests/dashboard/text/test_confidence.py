"""Whether a figure can be trusted, in words of both languages."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.text import confidence
from shop.core.periods import Period
from shop.growth.alerts.alerts import AlertSilence, SalesAlert
from shop.growth.alerts.anomalies import Anomaly, AnomalyReason
from shop.growth.alerts.candidates import KINDS
from shop.growth.comparison.growth import Comparison, RangeTotal
from shop.growth.comparison.intervals import More
from shop.growth.maturity.expected_refunds import Maturity
from shop.growth.maturity.same_age import SameAgeChange

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
MATURE = Maturity(
    "refunds",
    MARCH,
    date(2026, 3, 31),
    10_000_000,
    600_000,
    0.8,
    150_000,
    (90_000, 210_000),
    date(2026, 4, 26),
)
COMPARISON = Comparison(
    "gmv",
    RangeTotal(MARCH, 120, 4),
    RangeTotal(FEBRUARY, 100, 4),
    0.08,
    0.2,
    True,
    (-0.04, 0.21),
    More(19, 6),
)


def in_english(sentence, *given) -> str:
    use_language("en")
    return sentence(*given)


def test_expected_refunds_are_shown_with_their_band():
    assert confidence.to_come(MATURE) == (
        "截至 3月31日，2026年3月1日–31日的订单已退 ¥6,000，预计还会退 ¥1,500（占成交金额的 1.5%，"
        "多半在 ¥900 到 ¥2,100 之间），到 4月26日前后基本退完。"
    )
    assert "about ¥1,500 more is expected (1.5% of sales" in in_english(confidence.to_come, MATURE)


@pytest.mark.parametrize("kind", ["refunds", "cancellations", "settlement"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_maturity_has_a_sentence(kind, language):
    use_language(language)
    states = [
        replace(MATURE, kind=kind),
        replace(MATURE, kind=kind, share=0.995),
        *(
            replace(MATURE, kind=kind, share=None, to_come=None, band=None, mature_on=None, why=why)
            for why in ("short_history", "no_sales")
        ),
    ]
    message = [confidence.to_come(state) for state in states]
    assert len(set(message)) == 4
    assert not any("–）" in item or "None" in item for item in message)


def test_an_interval_names_its_probability_and_the_data_still_needed():
    assert confidence.interval(COMPARISON) == (
        "真实变化多半（90%）在 −4.0% 到 +21.0% 之间。这点差别还在正常波动之内。"
        "大约再播 6 场（约 19 天）才看得清。"
    )
    assert in_english(confidence.interval, COMPARISON).endswith("About 6 more sessions (19 days) to know.")
    significant = replace(COMPARISON, interval=(0.02, 0.15), is_noise=False, more=None)
    assert "chance" not in confidence.interval(significant)


@pytest.mark.parametrize(
    ("more", "ending"),
    [
        (More(1, None), "About 1 more day to know."),
        (More(5, 2, both=True), "would have to be about 2 sessions (5 days) longer to know."),
        (More(5, None, both=True), "would have to be about 5 days longer to know."),
        (None, "Too small a difference to tell any time soon."),
    ],
)
def test_data_still_needed_is_given_in_days_or_sessions_of_one_or_both_ranges(more, ending):
    assert in_english(confidence.more, replace(COMPARISON, more=more)).endswith(ending)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", ["few_days", "no_base", "chosen", "unknown"])
def test_no_interval_has_its_reason(language, why):
    use_language(language)
    assert confidence.interval(replace(COMPARISON, interval=None, why_no_interval=why))


def test_a_rate_is_given_in_points():
    rate = replace(COMPARISON, metric="refund_rate", interval=(-0.01, 0.02))
    assert "−1.0 pts and +2.0 pts" in in_english(confidence.interval, rate)


@pytest.mark.parametrize("age", [-3, 0, 12])
def test_equal_age_is_named_and_what_the_unadjusted_comparison_hides(age):
    plain = replace(COMPARISON, change=0.12)
    result = SameAgeChange(COMPARISON, plain, None, age, MARCH.end)
    message = in_english(confidence.same_age, result)
    assert "+12.0%" in message and "+8.0%" in message
    alike = in_english(confidence.same_age, SameAgeChange(COMPARISON, COMPARISON, None, age, MARCH.end))
    assert alike.endswith("as it stands today.") and "+8.0%" not in alike


REASONS = (
    AnomalyReason("missing_import", "douyin_orders", now=1),
    AnomalyReason("holiday", "labour", now=1),
    AnomalyReason("holiday", "spring", now=1),
    AnomalyReason("campaign", "双11"),
    AnomalyReason("campaign", "我的大促"),
    AnomalyReason("more_sessions", now=2, usual=1),
    AnomalyReason("fewer_sessions", now=0, usual=1),
    AnomalyReason("stock_out", "CUP-1", now=1),
    AnomalyReason("big_order", now=2_000_000, share=0.42),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["spike", "drop", "week_low"])
def test_an_outlier_names_its_possible_explanations(language, kind):
    use_language(language)
    for reasons in ((), *((item,) for item in REASONS), REASONS):
        result = Anomaly(MARCH.end, MARCH, kind, "orders", 5, 20, reasons)
        message = confidence.anomaly(result)
        assert "None" not in message and message.endswith(("。", "."))


def test_a_day_without_any_order_is_reported_as_such():
    none = Anomaly(MARCH.end, MARCH, "drop", "orders", 0, 5)
    assert confidence.anomaly(none).startswith("2026年3月31日一单也没有，这样的日子通常约 5 单。")
    assert "not one order" in in_english(confidence.anomaly, replace(none, kind="week_low"))


def test_a_reason_in_both_languages():
    assert confidence.because((REASONS[1], REASONS[6])) == "可能是因为正逢劳动节；直播 0 场，往常同期 1 场。"
    assert in_english(confidence.because, (REASONS[8],)) == (
        "Possible reason: one order of ¥2万 (42.0% of the day).".replace("¥2万", "¥20.0k")
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_alert_has_words_and_buttons(language, kind):
    use_language(language)
    at = datetime(2026, 4, 1, tzinfo=UTC)
    name = "douyin_orders" if kind == "missing_import" else None
    result = SalesAlert(1, MARCH.end, kind, MARCH, "orders", 4, 20, name, (), at)
    assert "None" not in confidence.alert(result)
    assert confidence.alert_kind(kind) and all(confidence.alert_words(MARCH.end))
    assert all(confidence.silenced(AlertSilence(kind, MARCH.end, "owner")))
