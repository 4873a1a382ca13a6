"""A practice shop with its workshop, built as a studio would have filled it; and the truth about it."""

from dataclasses import dataclass
from pathlib import Path

from etl.imports.importer import import_file
from sample_data.generator.plan import Plan
from sample_data.generator.practice import write_plan
from sample_data.generator.spring import FOLDER as SPRING
from sample_data.studio import shops
from sample_data.studio.photos import add_photos
from sample_data.studio.seed_database import enter_stock, enter_studio
from sample_data.studio.values import Workshop
from tests.oracles.studio import StudioTruth
from tests.support.fresh import new_database


@dataclass(frozen=True)
class Studio:
    """A practice shop with its workshop typed in and its orders imported, and the truth about it."""

    path: Path
    plan: Workshop
    truth: StudioTruth


def build_studio(place: Path, plan: Plan) -> Studio:
    """Write a practice shop's files, type its workshop in, import the files, count the stock."""
    workshop = shops.of_files(plan)
    write_studio(place, plan, workshop)
    return Studio(place / "shop.db", workshop, StudioTruth(workshop))


def write_studio(place: Path, plan: Plan, workshop: Workshop) -> None:
    """Write exports/ and shop.db of a practice shop and its workshop into a folder."""
    write_plan(place / "exports", plan)
    fill_studio(place / "shop.db", workshop, tables(place / "exports"))


def fill_studio(path: Path, workshop: Workshop, files: list[Path], *, pictures: int = 0) -> None:
    """Type a workshop in, import a shop's files, take some pictures, and book what happened to stock."""
    database = new_database(path)
    enter_studio(database, workshop)
    for file in files:
        known = {"currency": "USD"} if file.name.startswith("tiktok") else {}
        import_file(database, file, settings=known)
    add_photos(database, workshop, pictures)
    enter_stock(database, workshop)
    database.close()


def tables(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".xlsx"))


def spring_files() -> list[Path]:
    return tables(SPRING)
