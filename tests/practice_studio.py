"""A practice shop with its workshop, built as a studio would have filled it; and the truth about it."""

from dataclasses import dataclass
from pathlib import Path

from etl.jobs import import_file
from sample_data.plan import Plan
from sample_data.practice import write_plan
from sample_data.workshop import shops
from sample_data.workshop.load import type_in, type_shelf
from sample_data.workshop.things import Workshop
from sample_data.workshop.truth import Truth
from shop.db import connect


@dataclass(frozen=True)
class Studio:
    """A practice shop with its workshop typed in and its orders imported, and the truth about it."""

    path: Path
    plan: Workshop
    truth: Truth


def build_studio(place: Path, plan: Plan) -> Studio:
    """Write a practice shop's files, type its workshop in, import the files, count the shelf."""
    workshop = shops.of_files(plan)
    write_plan(place / "exports", plan)
    database = connect(str(place / "shop.db"))
    type_in(database, workshop)
    for file in sorted((place / "exports").iterdir()):
        if file.suffix in (".csv", ".xlsx"):
            known = {"currency": "USD"} if file.name.startswith("tiktok") else {}
            import_file(database, file, settings=known)
    type_shelf(database, workshop)
    database.close()
    return Studio(place / "shop.db", workshop, Truth(workshop))
