"""Suggestions are those of an assessment of every variant by itself, whatever is left out on the way."""

from difflib import SequenceMatcher
from itertools import product

from shop.catalog.suggestions import Evidence, suggestions, words_of
from shop.db.database import Database
from tests.support.shops.catalogs import put

Variant = tuple[str, str, str, int, str]  # SKU, titles of product and variant, price, currency
KINDS = tuple(product(("主人杯", "盖碗", "壶"), ("青瓷", "钧红", "Celadon 2", "ＣＥＬＡＤＯＮ")))
VARIANTS: list[Variant] = [
    (f"{form}-{n}", f"{glaze}{form} 手作手作", f"{n} 号", 100 * n, "CNY" if n % 2 else "USD")
    for n, (form, glaze) in enumerate(KINDS)
] + [(f"GP-{n}3{n}", "孤品", "", 9_000 - n, "CNY") for n in range(1, 9)]
LISTED = ("壶-9", "GP-838")
NAMES = [
    Evidence(*name)
    for name in product(
        ("GP-31", "gp-2323", "ＧＰ-１３1", "盖碗-5", ""),
        ("手作 青瓷 主人杯", "celadon 盖碗 3", "孤品 GP", "青瓷 2 号", ""),
        (None, "P3", "５00"),
        (None, 310, 8_998),
        ("CNY", "USD"),
        ((), ("GP-838", "gone", "壶-9")),
    )
]


def test_suggestions_are_those_of_an_assessment_of_every_variant(db: Database) -> None:
    with db.write() as connection:
        assert list(suggestions(connection, 1, NAMES[:2])) == [(), ()]  # of an empty catalog
        for n, (sku, title, spec, price, currency) in enumerate(VARIANTS):
            put(connection, "product", product_code=f"P{n}", title=title)
            of = {"product_code": f"P{n}", "title": spec, "price_cents": price or None, "currency": currency}
            put(connection, "variant", sku=sku, **of)
        put(connection, "variant", sku="GP-0", product_code="P3", currency="CNY", is_archived=True)
        for sku in (*LISTED, "gone"):
            listing = {"listing_id": sku, "sku": sku, "product_id": "500", "currency": "CNY"}
            put(connection, "listing", platform="douyin", status="live", **listing)
    with db.read() as connection:
        result = list(suggestions(connection, 1, NAMES))
    assert [[(item.sku, item.likely, item.because) for item in items] for items in result] == [
        one_by_one(name) for name in NAMES
    ]
    assert 100 < sum(len(items) == 5 for items in result) < len(NAMES)


def one_by_one(name: Evidence) -> list[tuple[str, float, tuple[str, ...]]]:
    """Every variant assessed by the rules in plain words, the five likeliest."""
    rated = []
    for n, (sku, *titles, price, currency) in enumerate(VARIANTS):
        known, words = words_of(" ".join(titles)), words_of(name.title)
        both = len(known & words)
        code = name.code.replace("ＧＰ", "GP").replace("１３", "13").casefold()
        alike = SequenceMatcher(None, code, sku.casefold()).ratio()
        off = abs(name.price_cents - price) / price if name.price_cents and price else 1
        is_product = (name.product_id == f"P{n}", name.product_id == "５00" and sku in LISTED)
        parts = {
            "product": 0.5 * any(is_product),
            "code": 0.35 * alike if alike > 0.6 else 0.0,
            "title": 0.45 * (0.9 * both / len(known) + 0.1 * both / len(words) if both else 0.0),
            "price": 0.15 * max(0.0, 1 - off * 2) if name.currency == currency else 0.0,
        }
        because = tuple(
            part for part, value in parts.items() if value >= (0.1 if part in ("product", "price") else 0.2)
        )
        rated.append((sku not in name.candidate_skus, -round(min(sum(parts.values()), 1.0), 3), sku, because))
    return [
        (sku, -likely, because)
        for is_other, likely, sku, because in sorted(rated)[:5]
        if -likely >= 0.3 or not is_other
    ]
