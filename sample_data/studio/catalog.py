"""What the studio makes, as it would be typed in: designs, their sizes with measures, seconds, pieces."""

from __future__ import annotations

from dataclasses import replace

from sample_data.generator.catalog import FORMS, GLAZES, RANGE, SIZES, TO_ORDER, make_catalog, numbered_piece
from sample_data.generator.catalog import Variant as Offered
from sample_data.studio.values import Product, Use, Variant

FAMILIES = {
    "DLB": "茶杯",
    "ZRB": "茶杯",
    "GW": "茶器",
    "GDB": "茶器",
    "CH": "茶器",
    "MKB": "咖啡杯",
    "HQ": "花器",
    "PZ": "餐具",
    "W": "餐具",
    "XC": "香道",
}
# form: height and width (mm), volume (ml), weight (g) of the middle size, box, location in the store
SHAPES: dict[str, tuple[int, int, int | None, int, str, str]] = {
    "DLB": (48, 92, 70, 95, "小盒", "A架-1"),
    "ZRB": (62, 74, 110, 130, "小盒", "A架-2"),
    "GW": (92, 104, 150, 260, "中盒", "A架-3"),
    "GDB": (86, 92, 200, 230, "中盒", "A架-3"),
    "MKB": (88, 82, 320, 310, "中盒", "B架-1"),
    "CH": (110, 165, 220, 420, "大盒", "B架-2"),
    "HQ": (190, 110, None, 620, "大盒", "C架-1"),
    "PZ": (28, 190, None, 480, "大盒", "B架-3"),
    "W": (62, 118, 330, 240, "中盒", "B架-3"),
    "XC": (34, 70, None, 90, "小盒", "C架-2"),
}
SCALE = {"S": 86, "M": 100, "L": 118}  # percent of the middle size's lengths
CLAYS = {"CS": "粗陶泥", "WJ": "紫金土", "JH": "紫金土"}
CLAY = "高白泥"
NOT_ENTERED = {("XC", "CS")}  # not in the catalog: its sales stay unmatched
UNSURE = {"JH", "CS"}  # glazes without a test report: food safety unknown
FORM_NAMES = {form[0]: form[1] for form in FORMS}
GLAZE_NAMES = {glaze[0]: glaze[1] for glaze in GLAZES}
BOXES = {"小盒": "BOX-S", "中盒": "BOX-M", "大盒": "BOX-L"}
FOAM = {"小盒": 600, "中盒": 900, "大盒": 1600}
CLAY_IDS = {"高白泥": "CLAY-W", "粗陶泥": "CLAY-C", "紫金土": "CLAY-Z"}
EXTRA_PIECES = 25
SECONDS = "-2"


def code_of(sku: str) -> tuple[str, str]:
    """Return form and glaze of a family SKU (its codes)."""
    glaze, form, _ = sku.split("-")
    return form, glaze


def products() -> list[Product]:
    """Return the designs, those of the one-of-a-kind pieces last."""
    pairs = [(form[0], GLAZES[glaze][0]) for form in FORMS for glaze in RANGE[form[0]]]
    family = [_product(form, glaze) for form, glaze in pairs if (form, glaze) not in NOT_ENTERED]
    singles = [_product(form[0], GLAZES[glaze][0], "GP-") for form in FORMS for glaze in (3, 5, 6)]
    return family + singles


def _product(form: str, glaze: str, before: str = "") -> Product:
    kind = "孤品 窑变" if before else ""
    touches_food = FAMILIES[form] not in ("花器", "香道")
    return Product(
        code=f"{before}{glaze}-{form}",
        title=f"{kind}{GLAZE_NAMES[glaze]}{FORM_NAMES[form]}",
        family=FAMILIES[form],
        form=FORM_NAMES[form],
        glaze=GLAZE_NAMES[glaze],
        clay=CLAYS.get(glaze, CLAY),
        is_food_safe=None if glaze in UNSURE and touches_food else True,
    )


def variants() -> list[Variant]:
    """Return every size that is entered: first choice, its seconds, and blanks of numbered pieces."""
    variants: list[Variant] = []
    for offered in make_catalog(0).variants:
        form, glaze = code_of(offered.sku)
        if (form, glaze) not in NOT_ENTERED:
            variants.append(_variant(offered, form, glaze))
    seconds = [_second(variant) for variant in variants if variant.policy == "stocked"]
    return variants + seconds + [_blank(product) for product in products() if _is_single(product)]


def _is_single(product: Product) -> bool:
    return product.code.startswith("GP-")


def _variant(offered: Offered, form: str, glaze: str) -> Variant:
    size = offered.sku[-1]
    height, width, volume, weight, box, place = SHAPES[form]
    scale = SCALE[size]
    width = width * scale // 100
    to_order = (form, glaze) in TO_ORDER
    return Variant(
        sku=offered.sku,
        product=f"{glaze}-{form}",
        title=offered.spec,
        price_cents=offered.price,
        policy="made_to_order" if to_order else "stocked",
        size=SIZES[size][0],
        height_mm=height * scale // 100,
        width_mm=width,
        volume_ml=None if volume is None else volume * scale**3 // 10**6 // 5 * 5,
        weight_g=weight * scale**2 // 10**4,
        area_cm2=kiln_area(width),
        packing=box,
        place=place,
        reorder_point=None if to_order else 6,
        lead_days=25 if to_order else None,
    )


def kiln_area(width_mm: int) -> int:
    """Return the kiln area that a piece takes: its square with a finger's breadth around it."""
    return (width_mm + 12) ** 2 // 100


def _second(first: Variant) -> Variant:
    return replace(
        first,
        sku=first.sku + SECONDS,
        title=f"{first.title} 微瑕",
        price_cents=first.price_cents * 6 // 1000 * 100,
        place="D架-微瑕",
        reorder_point=None,
        seconds_of=first.sku,
    )


def _blank(product: Product) -> Variant:
    """The form that numbered pieces are thrown as; nothing of it is sold under this code."""
    form = product.code.split("-")[-1]
    height, width, volume, weight, box, _ = SHAPES[form]
    return Variant(
        sku=product.code,
        product=product.code,
        title="窑变坯",
        price_cents=0,
        policy="one_of_a_kind",
        size=None,
        height_mm=height,
        width_mm=width,
        volume_ml=volume,
        weight_g=weight,
        area_cm2=kiln_area(width),
        packing=box,
        place="孤品柜",
    )


def single(number: int) -> Offered:
    """Return the offered form of the one-of-a-kind piece with a number."""
    return numbered_piece(number, 42)


def single_of(number: int) -> str:
    """Return the SKU as which the piece with a number was thrown."""
    form = FORMS[(number * 7) % len(FORMS)][0]
    return f"GP-{GLAZES[(3, 5, 6)[number % 3]][0]}-{form}"


def uses(variants: list[Variant], pieces: dict[str, str]) -> list[Use]:
    """Return what a piece of each SKU takes; `pieces` are numbered SKUs and what they are thrown as.

    A second and a numbered piece are packed like the first choice; clay and glaze went into the
    batch of the SKU that they were thrown as.
    """
    by_sku = {variant.sku: variant for variant in variants}
    rows: list[Use] = []
    for variant in variants:
        if variant.seconds_of is None:
            rows += _making(variant)
        if not variant.sku.startswith("GP-"):
            rows += _packing(variant.sku, variant.packing)
    for sku, thrown_as in pieces.items():
        rows += _packing(sku, by_sku[thrown_as].packing)
    return rows


def _making(variant: Variant) -> list[Use]:
    form, glaze = (variant.product.split("-")[-1], variant.product.split("-")[-2])
    weight = variant.weight_g or 0
    rows = [
        Use(variant.sku, CLAY_IDS[CLAYS.get(glaze, CLAY)], "greenware", weight * 125 // 100),
        Use(variant.sku, f"GLAZE-{glaze}", "glazed", max(8, weight * (14 if form == "HQ" else 11) // 100)),
    ]
    if glaze in ("QH", "YLH"):
        rows.append(Use(variant.sku, f"PAINT-{glaze}", "glazed", 2))
    return rows


def _packing(sku: str, box: str) -> list[Use]:
    return [Use(sku, BOXES[box], "packing", 1000), Use(sku, "FOAM", "packing", FOAM[box])]
