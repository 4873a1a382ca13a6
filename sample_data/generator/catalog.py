"""The studio's range: some forty designs (form x glaze) in sizes, and one-of-a-kind pieces."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sample_data.generator.columns import Floats, Ints

# form: code, zh, en, price in yuan of the middle size, sizes offered
FORMS = (
    ("DLB", "斗笠杯", "bamboo-hat tea cup", 88, "SM"),
    ("ZRB", "主人杯", "master tea cup", 168, "SM"),
    ("GW", "盖碗", "gaiwan", 198, "SML"),
    ("GDB", "公道杯", "fairness pitcher", 138, "M"),
    ("MKB", "马克杯", "mug", 98, "ML"),
    ("CH", "茶壶", "teapot", 468, "ML"),
    ("HQ", "花器", "vase", 298, "SML"),
    ("PZ", "餐盘", "plate", 78, "SML"),
    ("W", "饭碗", "rice bowl", 48, "SML"),
    ("XC", "香插", "incense holder", 58, "S"),
)
# glaze: code, zh, en, price factor in percent
GLAZES = (
    ("QC", "青瓷", "celadon", 100),
    ("YQ", "影青", "shadow-blue", 110),
    ("TQ", "天青", "sky-blue", 105),
    ("YLH", "釉里红", "underglaze red", 190),
    ("QH", "青花", "blue-and-white", 150),
    ("CS", "柴烧", "wood-fired", 240),
    ("JH", "钧红", "Jun red", 160),
    ("WJ", "乌金", "black-gold", 120),
    ("YB", "哑光白", "matte white", 80),
    ("FQ", "粉青", "powder celadon", 115),
)
# which glaze indexes each form is offered in: 42 designs
RANGE = {
    "DLB": (0, 1, 2, 4, 7, 9),
    "ZRB": (1, 3, 4, 5, 6, 7),
    "GW": (0, 1, 4, 8, 9),
    "GDB": (1, 2, 8, 9),
    "MKB": (0, 2, 7, 8),
    "CH": (4, 5, 8),
    "HQ": (0, 5, 6, 8),
    "PZ": (1, 4, 8),
    "W": (1, 2, 4, 8),
    "XC": (0, 5, 9),
}
TO_ORDER = {("CH", "QH"), ("CH", "CS")}  # form and glaze of pots that are made to order
SIZES = {"S": ("小号", "small", 80), "M": ("中号", "medium", 100), "L": ("大号", "large", 140)}
TITLE_WORDS = ("景德镇手工", "手作", "景德镇纯手工", "窑口直发 手拉坯", "匠人手作")
USES = {
    "DLB": "品茗杯家用茶具",
    "ZRB": "单杯高档茶盏送礼",
    "GW": "泡茶碗功夫茶具",
    "GDB": "分茶器茶海",
    "MKB": "办公室咖啡杯情侣",
    "CH": "泡茶壶家用过滤",
    "HQ": "客厅插花摆件中式",
    "PZ": "家用菜盘日式",
    "W": "家用吃饭碗高颜值",
    "XC": "线香禅意摆件",
}
CHEAPEST, DEAREST = 38, 1280


@dataclass(frozen=True)
class Variant:
    """One buyable form of a design; prices are CNY fen and USD cents."""

    sku: str
    design: int
    title: str
    title_en: str
    spec: str
    spec_en: str
    price: int
    price_usd: int
    form: str
    form_en: str
    glaze: str
    glaze_en: str
    one_of_a_kind: bool = False

    def called(self, language: str) -> tuple[str, ...]:
        """What people call it, who never type a whole title."""
        if language == "en":
            form = self.form_en
            return f"the {self.glaze_en} {form}", f"the {form}", f"that {form}", "this one", "that one"
        return f"{self.glaze}{self.form}", self.form, f"这个{self.form}", f"{self.glaze}的", "这个", "这只"


def _price(yuan: float) -> int:
    """Return a price as sellers set it, in fen: whole yuan that end in 8."""
    ending_in_8 = int(yuan) // 10 * 10 + 8
    return min(max(ending_in_8, CHEAPEST), DEAREST) * 100


def _price_usd(fen: int) -> int:
    """Return the USD price in cents: about twice the CNY price, less one cent."""
    return fen * 2 // 700 * 100 + 99


def _variant(form: tuple[str, str, str, int, str], glaze: int, size: str, design: int) -> Variant:
    code, zh, en, middle, _ = form
    glaze_code, glaze_zh, glaze_en, factor = GLAZES[glaze]
    size_zh, size_en, share = SIZES[size]
    price = _price(middle * factor * share / 10_000)
    return Variant(
        sku=f"{glaze_code}-{code}-{size}",
        design=design,
        title=f"{TITLE_WORDS[design % len(TITLE_WORDS)]}{glaze_zh}{zh}{USES[code]}",
        title_en=f"Jingdezhen Handmade {glaze_en.title()} {en.title()}",
        spec=f"{glaze_zh} {size_zh}",
        spec_en=f"{glaze_en.title()}, {size_en.title()}",
        price=price,
        price_usd=_price_usd(price),
        form=zh,
        form_en=en,
        glaze=glaze_zh,
        glaze_en=glaze_en,
    )


def _family() -> list[Variant]:
    designs = [(form, glaze) for form in FORMS for glaze in RANGE[form[0]]]
    return [
        _variant(form, glaze, size, design)
        for design, (form, glaze) in enumerate(designs)
        for size in form[4]
    ]


def numbered_piece(number: int, designs: int) -> Variant:
    """Return one numbered piece that exists once: kiln-changed glaze, its own listing."""
    form = FORMS[(number * 7) % len(FORMS)]
    glaze = GLAZES[(3, 5, 6)[number % 3]]
    price = _price(min(form[3] * (3 + number * 37 % 100 / 40), DEAREST))
    return Variant(
        sku=f"GP-{number:04d}",
        design=designs + number - 1,
        title=f"孤品 {glaze[1]}窑变{form[1]} 编号{number:04d} 一物一图",
        title_en=f"One of a Kind {glaze[2].title()} {form[2].title()} No. {number}",
        spec=f"孤品 编号{number:04d}",
        spec_en=f"No. {number}",
        price=price,
        price_usd=_price_usd(price),
        form=form[1],
        form_en=form[2],
        glaze="窑变",
        glaze_en=glaze[2],
        one_of_a_kind=True,
    )


@dataclass(frozen=True)
class Catalog:
    """Everything the studio offers: the family first, then the single pieces."""

    variants: tuple[Variant, ...]

    @cached_property
    def family_size(self) -> int:
        """How many variants can be sold again and again; single pieces come after them."""
        return sum(not variant.one_of_a_kind for variant in self.variants)

    @cached_property
    def prices(self) -> Ints:
        """Unit price of each variant in fen."""
        return np.array([variant.price for variant in self.variants], dtype=np.int64)

    @cached_property
    def prices_usd(self) -> Ints:
        """Unit price of each variant in US cents."""
        return np.array([variant.price_usd for variant in self.variants], dtype=np.int64)

    @cached_property
    def designs(self) -> Ints:
        """The design (platform product) of each variant."""
        return np.array([variant.design for variant in self.variants], dtype=np.int64)

    @cached_property
    def product_ids(self) -> Ints:
        """The platform's 19-digit product id of each variant's design."""
        return 3_512_000_000_000_000_000 + self.designs * 7_919_000_003 + 104_729

    @cached_property
    def demand(self) -> Floats:
        """Cumulative share of demand per family variant: a few sell much, most sell little."""
        order = np.argsort((np.arange(self.family_size) * 37 + 11) % self.family_size)
        cheap = 10_000 / (self.prices[: self.family_size] + 6_000)
        weights = cheap / (order + 4.0)
        return np.asarray(np.cumsum(weights) / weights.sum())


def make_catalog(pieces: int, language: str = "zh") -> Catalog:
    """Return the range with the given number of one-of-a-kind pieces; in English every shop has the English titles."""
    family = _family()
    designs = family[-1].design + 1
    singles = [numbered_piece(number, designs) for number in range(1, pieces + 1)]
    variants = (*family, *singles)
    if language == "en":
        variants = tuple(replace(item, title=item.title_en, spec=item.spec_en) for item in variants)
    return Catalog(variants)
