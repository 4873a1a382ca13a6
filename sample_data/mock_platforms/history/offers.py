"""What the studio offers on the platforms: variants, prices, and stock by platform."""

from collections import defaultdict
from dataclasses import dataclass, field

from sample_data.generator.catalog import Catalog, Variant


@dataclass
class Offers:
    """The catalogue by platform product; `stock` is pieces by platform and SKU."""

    catalog: Catalog
    since: int
    stock: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_product: dict[int, list[Variant]] = defaultdict(list)
        pairs = zip(self.catalog.product_ids.tolist(), self.catalog.variants, strict=True)
        for product, variant in pairs:
            self.by_product[product].append(variant)
        first = {variant.sku: _pieces(place, variant) for place, variant in enumerate(self.catalog.variants)}
        for platform in ("douyin_shop", "kuaishou_shop", "tiktok_shop"):
            self.stock[platform] = dict(first)

    @property
    def products(self) -> list[int]:
        """The platform products in order."""
        return list(self.by_product)


def _pieces(place: int, variant: Variant) -> int:
    return 1 if variant.one_of_a_kind else place * 37 % 60
