"""`kilnboard import --list`, `--undo N` and `--forget FILE`: what was imported, and taking it back as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import opened
from dashboard.i18n.messages import t
from dashboard.text.errors import error
from dashboard.text.imports import file_kind, what_goes
from dashboard.text.table import table


def list_imports(*, as_json: bool) -> None:
    """Print every import with the number by which it is undone, the latest first."""
    from shop import coverage

    with opened() as (db, _):
        files = coverage.files(db)
    if as_json:
        names = ("number", "name", "kind", "imported", "read", "stored", "unchanged", "set_aside")
        rows_of_all = files[[*names]].astype(object).itertuples(index=False, name=None)
        print_json({"imports": [dict(zip(names, row, strict=True)) for row in rows_of_all]})
        return
    if files.empty:
        click.echo(t("commands.import.no_imports"))
        return
    headers = [t(f"data.{name}") for name in ("number", "file", "kind", "imported", "read", "set_aside")]
    shown = files[["number", "name", "kind", "imported", "read", "set_aside"]]
    rows = [
        [str(number), name, file_kind(kind), str(imported), str(read), str(aside)]
        for number, name, kind, imported, read, aside in shown.itertuples(index=False, name=None)
    ]
    click.echo(table(headers, rows, left=4))


def undo_imports(
    number: int | None, files: Sequence[Path], *, dry_run: bool, yes: bool, as_json: bool
) -> int:
    """Say what goes with the import of this number, or the imports of these files, ask, and take it back."""
    from shop.core.errors import ShopError
    from shop.orders import undo_import

    if number is None and not files:
        raise click.UsageError(t("commands.import.nothing_to_forget"))
    results = []
    with opened() as (db, actor):
        numbers = [] if number is None else [number]
        for path in files:
            imports = (
                undo_import.imports_of(db, hashlib.sha256(path.read_bytes()).hexdigest())
                if path.is_file()
                else []
            )
            if not imports:
                click.echo(t("commands.import.never_imported", file=path.name), err=True)
                return 1
            numbers += imports
        try:
            for each in numbers:
                goes = undo_import.preview(db, each)
                if not as_json:
                    click.echo(what_goes(goes))
                if dry_run:
                    results.append(goes)
                    continue
                if not yes and not as_json and not click.confirm(t("commands.import.sure")):
                    return 1
                results.append(undo_import.undo(db, each, actor=actor))
        except ShopError as problem:
            click.echo(error(problem), err=True)
            return 1
    if as_json:
        print_json({"undone": [asdict(item) for item in results], **({"dry_run": True} if dry_run else {})})
    elif dry_run:
        click.echo(t("commands.import.was_dry"))
    else:
        click.echo(t("commands.import.undone", count=len(results)))
    return 0
