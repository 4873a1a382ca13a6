"""`kilnboard label`: labels of SKUs, pieces and places as a page to print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import json_option, opened
from dashboard.i18n.messages import t
from shop.core.files import write_whole


@click.command("label", help=t("commands.label.help"))
@click.argument("subjects", nargs=-1, required=True)
@click.option("--out", type=click.Path(dir_okay=False), help=t("commands.label.out"))
@click.option("--paper", default="a4_24", show_default=True, help=t("commands.label.paper"))
@click.option(
    "--symbol",
    type=click.Choice(("qr", "code128")),
    default="qr",
    show_default=True,
    help=t("commands.label.symbol"),
)
@click.option("--copies", default=1, show_default=True, help=t("commands.label.copies"))
@json_option
def label_command(
    subjects: tuple[str, ...], out: str | None, paper: str, symbol: Any, copies: int, as_json: bool
) -> None:
    """Labels for SKUs (a numbered piece by its SKU) and places; the code of each is printed."""
    from dashboard.reports import labels, pdf
    from shop.catalog.label_subjects import labels_of, subjects_named

    if paper not in labels.PAPERS:
        raise click.UsageError(t("commands.label.bad_paper", known=", ".join(labels.PAPERS)))
    with opened() as (db, _):
        entries = labels_of(db, subjects_named(db, subjects))
    if out:
        printed = [
            labels.PrintedLabel(item.code, item.title, item.detail) for item in entries for _ in range(copies)
        ]
        page = labels.html(printed, paper, symbol, title=t("labels.title"))
        write_whole(Path(out), pdf.pdf(page) if out.lower().endswith(".pdf") else page.encode())
    if as_json:
        print_json(
            {
                "labels": [
                    {"code": item.code, "kind": item.kind, "subject": item.subject, "title": item.title}
                    for item in entries
                ]
            }
        )
        return
    for item in entries:
        click.echo(f"{item.code}  {item.subject}  {item.title}")
