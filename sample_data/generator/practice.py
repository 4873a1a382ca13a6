"""Write the export files of a practice studio, and the truth about them, from a seed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from sample_data.generator import comments, tiktok, videos
from sample_data.generator.clock import DAY, moment, seconds
from sample_data.generator.douyin import exports
from sample_data.generator.expected import Ledger, Truth
from sample_data.generator.files import CsvFile
from sample_data.generator.headers import TIKTOK_ORDERS
from sample_data.generator.plan import Plan, Progress, daily_lines

SMALL = 5_000
TIKTOK_SHARE = 0.1


def write_shop(
    folder: Path,
    *,
    orders: int = 6000,
    until: date,
    days: int = 430,
    seed: int = 7,
    platforms: Sequence[str] = ("douyin", "tiktok"),
    only_orders: bool = False,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Truth:
    """Write a practice shop's export files into a folder and return the truth about them.

    `orders` counts order lines of the Douyin export; the range is the `days` up to and with
    `until`; nothing later than `now` (default: the end of `until`) has happened yet. Equal
    arguments give equal files. `progress` is called with the lines written and the lines in all.
    """
    plan = plan_shop(
        orders=orders,
        until=until,
        days=days,
        seed=seed,
        platforms=platforms,
        only_orders=only_orders,
        now=now,
    )
    return write_plan(folder, plan, progress)


def plan_shop(
    *,
    orders: int = 6000,
    until: date,
    days: int = 430,
    seed: int = 7,
    platforms: Sequence[str] = ("douyin", "tiktok"),
    only_orders: bool = False,
    now: datetime | None = None,
    language: str = "zh",
    on_air: int = 0,
) -> Plan:
    """Return the plan that `write_shop` writes with the same arguments; `on_air` as in Plan."""
    start = until - timedelta(days=days - 1)
    return Plan(
        start=start,
        counts=daily_lines(orders, start, days, seed, on_air),
        now=moment(now) if now else seconds(until) + DAY - 1,
        seed=seed,
        pieces=min(400, orders // 50),
        platforms=tuple(platforms),
        only_orders=only_orders,
        shapes=_shapes(start, until, orders),
        language=language,
        on_air=on_air,
    )


def _shapes(start: date, until: date, orders: int) -> dict[str, str]:
    """Give the last month the newer headers; in small shops, also one XLSX and one GB18030."""
    months = sorted({f"{start + timedelta(days=n):%Y-%m}" for n in range((until - start).days + 1)})
    shapes = {months[-1]: "75"}
    if orders <= SMALL * len(months) and len(months) >= 4:
        shapes |= {months[1]: "xlsx", months[2]: "gb18030"}
    return shapes


def write_plan(folder: Path, plan: Plan, progress: Progress | None = None) -> Truth:
    """Write all files of a plan and return their expected figures."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = Truth(plan.start, plan.until)
    if "douyin" in plan.platforms:
        exports.write(folder, plan, truth, progress)
    if not plan.only_orders:
        _write_audience(folder, plan, truth)
    if "tiktok" in plan.platforms and not plan.only_orders:
        _write_tiktok(folder, plan, truth)
    truth.write(folder)
    return truth


def _write_audience(folder: Path, plan: Plan, truth: Truth) -> None:
    """Write the videos and their comments."""
    works = videos.make_videos(plan.start, plan.days, plan.now, plan.seed, plan.language)
    truth.files |= videos.write_videos(folder, works)
    remarks = comments.make_comments(works, plan.now, plan.comments, plan.seed)
    rows, stored = comments.write_comments(folder, remarks)
    truth.files |= rows
    truth.counts |= {"videos": len(works), "comments": sum(rows.values()), "stored_comments": stored}


def tiktok_plan_of(plan: Plan) -> Plan:
    """Return the plan of the studio's TikTok shop."""
    return plan.tiktok_plan(int(plan.counts.sum() * TIKTOK_SHARE))


def _write_tiktok(folder: Path, plan: Plan, truth: Truth) -> None:
    """Write the TikTok Shop orders in one file, in which days above 12 show the date order."""
    skus = [variant.sku for variant in plan.catalog.variants]
    ledger = Ledger("tiktok", plan.start, plan.days, skus, plan.crowd.size)
    truth.ledgers[tiktok.CURRENCY] = ledger
    tiktok_plan = tiktok_plan_of(plan)
    name = f"tiktok_orders_{plan.start}_{plan.until}.csv"
    with CsvFile(folder / name, TIKTOK_ORDERS, second_header=tiktok.SECOND_HEADER) as file:
        for _, first, after in tiktok_plan.months():
            for span in tiktok_plan.spans(first, after):
                rows = tiktok.make_rows(span, tiktok_plan, plan.now)
                file.write(tiktok.row_columns(rows, plan.catalog, plan.now))
                tiktok.count(rows, ledger, seconds(plan.start))
        truth.files[name] = file.rows
