"""`kilnboard comments`: what comments mean, for a table of texts and for the shop's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import click

from dashboard.commands.comments.audience import answer_command, demand_command, leads_command, list_command
from dashboard.commands.common.output import terminal
from dashboard.i18n.messages import t


@click.group("comments", help=t("commands.comments.help"))
def comments_command() -> None:
    """Label a table of texts, or the comments of the shop again."""


@comments_command.command("label", help=t("commands.comments.label.help"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--column", required=True, metavar="NAME", help=t("commands.comments.label.column"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.comments.label.json"))
@click.option(
    "--model", type=click.Choice(("rules", "nlp")), default="rules", help=t("commands.comments.label.model")
)
def label_command(file: Path, column: str, as_json: bool, model: str) -> None:
    """Print the label of each text of a column, row by row."""
    from shop.comments.labels import label

    if model == "nlp":
        raise click.UsageError(t("commands.comments.label.no_nlp"))
    for text in _texts(file, column):
        given = label(text)
        if as_json:
            row = {
                "intents": given.intents,
                "sentiment": given.sentiment,
                "is_question": given.is_question,
                "wants": given.wants,
                "reasons": given.reasons,
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            question = t("commands.comments.label.question") if given.is_question else ""
            click.echo(
                "\t".join((",".join(given.intents), given.sentiment, question, " ".join(text.split())))
            )


def _texts(file: Path, column: str) -> Iterator[str]:
    """The cells of a column below its header, of the first table that has it; wholly blank rows are no rows."""
    from etl.tables.base import HEAD_ROWS, clean
    from etl.tables.open import open_table

    headers: list[str] = []
    for table in open_table(file):
        rows = iter(table.raw_rows())
        for row in islice(rows, HEAD_ROWS):
            names = [clean(cell or "") for cell in row]
            if column.strip() in names:
                return _cells(rows, names.index(column.strip()))
            headers = headers or [name for name in names if name]
    shown = ", ".join(headers) or "–"
    raise click.UsageError(
        t("commands.comments.label.no_column", file=file.name, column=column, columns=shown)
    )


def _cells(rows: Iterator[Sequence[str | None]], place: int) -> Iterator[str]:
    for row in rows:
        if row:
            yield (row[place] or "") if place < len(row) else ""


@comments_command.command("relabel", help=t("commands.comments.relabel.help"))
def relabel_command() -> None:
    """Label the comments whose label is missing or of older rules, with progress."""
    from shop.comments.labels.store import outdated_count, relabel
    from shop.connect import connect

    db = connect()
    with db.read() as connection:
        total = outdated_count(connection)
    if not total:
        click.echo(t("commands.comments.relabel.nothing"))
        db.close()
        return
    with click.progressbar(
        length=total, label=t("commands.comments.relabel.working"), file=terminal(sys.stdout)
    ) as bar:
        count = relabel(db, lambda done, _: bar.update(done - bar.pos))
    db.close()
    click.echo(t("commands.comments.relabel.done", count=count))


for _command in (list_command, answer_command, demand_command, leads_command):
    comments_command.add_command(_command)
