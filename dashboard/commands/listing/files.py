"""`kilnboard listing import` and `export`: the catalog as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import json_option, opened
from dashboard.i18n.language import language
from dashboard.i18n.messages import t
from shop.core.files import write_whole

if TYPE_CHECKING:
    from shop.access.roles import Actor
    from shop.db.database import Database
    from shop.listings.catalog_import import CatalogImportPlan


@click.command("export", help=t("commands.listing.export.help"))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--for", "platform", type=click.Choice(("shopify", "etsy")), help=t("commands.listing.export.platform")
)
@click.option("--force", is_flag=True, help=t("commands.listing.export.force"))
def export_command(target: Path, platform: str | None, force: bool) -> None:
    """The whole catalog as one CSV or XLSX worksheet, or as a platform's product file."""
    from dashboard.commands.common.output import refuse_existing
    from shop.listings.catalog_table import export_bytes

    refuse_existing(target, force)
    kind = "xlsx" if target.suffix.lower() == ".xlsx" else "csv"
    with opened() as (db, actor):
        if platform:
            from etl.catalog import product_export

            write = {"shopify": product_export.as_shopify, "etsy": product_export.as_etsy}[platform]
            write_whole(target, write(db, actor=actor))
        else:
            write_whole(target, export_bytes(db, kind, language(), actor=actor))
    click.echo(t("commands.listing.export.done", target=str(target)))


@click.command("import", help=t("commands.listing.import.help"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--currency", metavar="ISO", help=t("commands.import.currency"))
@click.option("--with-stock", is_flag=True, help=t("commands.listing.import.with_stock"))
@click.option("--dry-run", is_flag=True, help=t("commands.import.dry_run"))
@json_option
@click.pass_context
def import_command(
    ctx: click.Context, file: Path, currency: str | None, with_stock: bool, dry_run: bool, as_json: bool
) -> None:
    """A catalog table of ours, or a product file of Shopify or Etsy."""
    from etl.catalog import catalog_file

    with opened() as (db, actor):
        if catalog_file.is_ours(file):
            plan = catalog_file.plan_import(db, file, actor=actor)
            result = _catalog_table(db, plan, actor, dry_run)
        else:
            result = _platform_file(db, file, currency, dry_run)
        result["opening_stock"] = _stock(db, actor) if with_stock and not dry_run else None
    if as_json:
        print_json({"file": file.name, **result, **({"dry_run": True} if dry_run else {})})
    else:
        _print(file.name, result, dry_run)
    ctx.exit(int(bool(result["refused"])))


def _catalog_table(db: Database, result: CatalogImportPlan, actor: Actor, dry_run: bool) -> dict[str, Any]:
    from dashboard.text.errors import error
    from shop.listings import catalog_import

    number = None
    if not dry_run and (result.added or result.changes):
        number = catalog_import.apply(db, result, actor=actor)
    return {
        "kind": "catalog",
        "rows": result.rows,
        "products": result.count("product"),
        "variants": result.count("variant"),
        "listings": result.count("listing"),
        "changes": len(result.changes),
        "ignored": list(result.ignored),
        "refused": [{"row": item.where, "reason": error(item.problem)} for item in result.rejected],
        "undo": number,
    }


def _platform_file(db: Database, file: Path, currency: str | None, dry_run: bool) -> dict[str, Any]:
    from dashboard.text.errors import reason
    from etl.imports.importer import import_file

    settings = {"currency": currency} if currency else {}
    report = import_file(db, file, settings=settings, dry_run=dry_run)
    return {
        "kind": report.kind,
        "rows": report.read,
        "stored": report.stored,
        "unchanged": report.unchanged,
        "refused": [{"row": item.row, "reason": reason(item.code, item.details)} for item in report.reasons],
        "undo": None,
    }


def _stock(db: Database, actor: Actor) -> dict[str, int]:
    """Take what is reported of SKUs that nobody has counted as their opening stock."""
    from shop.stock import opening

    result = opening.opening_quantities(db)
    opening.accept(db, result, actor=actor)
    return {"skus": len(result), "pieces": opening.total_pieces(result)}


def _print(name: str, result: dict[str, Any], dry_run: bool) -> None:
    if result["kind"] == "catalog":
        click.echo(t("listings.files.looked", file=name, rows=result["rows"]))
        click.echo(
            t(
                "listings.files.adds",
                products=result["products"],
                variants=result["variants"],
                listings=result["listings"],
            )
        )
        click.echo(t("listings.files.changes", cells=result["changes"]))
        if result["ignored"]:
            click.echo(t("listings.files.ignored", columns=", ".join(result["ignored"])))
    else:
        click.echo(
            t(
                "listings.files.done",
                file=name,
                stored=result["stored"],
                unchanged=result["unchanged"],
                aside=len(result["refused"]),
            )
        )
        click.echo(t("listings.files.kept"))
    for error in result["refused"][:10]:
        click.echo("  " + t("listings.files.refused_row", **error), err=True)
    if result["opening_stock"]:
        click.echo(t("listings.undo.stocked", skus=result["opening_stock"]["skus"]))
    if result["undo"]:
        click.echo(t("commands.listing.done.undo", number=result["undo"]))
    if dry_run:
        click.echo(t("commands.import.was_dry"))
