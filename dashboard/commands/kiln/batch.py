"""`kilnboard kiln batch`: start, record, check, end and show batches."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import (
    done,
    json_option,
    losses_option,
    note_option,
    on_option,
    opened,
    pieces_by,
)
from dashboard.i18n.messages import t
from dashboard.text.table import table


@click.group("batch", help=t("commands.kiln.batch.help"))
def batch_group() -> None:
    """Batches on their way through the stages."""


@batch_group.command("start", help=t("commands.kiln.batch.start"))
@click.argument("sku")
@click.argument("pieces", type=int)
@click.option("--id", "batch_id", metavar="ID", help=t("commands.kiln.batch.id"))
@click.option("--maker", metavar="NAME", help=t("commands.kiln.batch.maker"))
@click.option("--clay", metavar="NAME", help=t("commands.kiln.batch.clay"))
@on_option
@note_option
def start(sku: str, pieces: int, **given: Any) -> None:
    """So many pieces of one SKU were thrown."""
    from shop.kiln.production import start_batch

    with opened() as (db, actor):
        result = start_batch(db, sku, pieces, actor=actor, **given)
        done("batch.started", result.audit_id, batch=result.batch.batch_id, pieces=pieces, sku=sku)


@batch_group.command("step", help=t("commands.kiln.batch.step"))
@click.argument("batch")
@click.argument("stage")
@click.option("--in", "pieces_in", type=int, metavar="N", help=t("commands.kiln.batch.pieces_in"))
@click.option("--out", "pieces_out", type=int, metavar="N", help=t("commands.kiln.batch.pieces_out"))
@losses_option
@click.option("--part", type=int, metavar="N", help=t("commands.kiln.batch.part"))
@click.option("--firing", "firing_id", metavar="ID", help=t("commands.kiln.batch.firing"))
@click.option("--position", metavar="PLACE", help=t("commands.kiln.batch.position"))
@click.option("--maker", metavar="NAME", help=t("commands.kiln.batch.maker"))
@click.option("--under-way", is_flag=True, help=t("commands.kiln.batch.under_way"))
@click.option("--leaving-out", is_flag=True, help=t("commands.kiln.batch.leaving_out"))
@click.option("--again", type=click.IntRange(0), metavar="N", help=t("commands.kiln.batch.again"))
@click.option("--refire/--first", default=None, help=t("commands.kiln.batch.refire"))
@on_option
@note_option
def step(batch: str, stage: str, losses: tuple[str, ...], **given: Any) -> None:
    """A stage of a batch is done (or under way), or is recorded again."""
    from shop.kiln.production import record_step

    with opened() as (db, actor):
        result = record_step(db, batch, stage, losses=pieces_by(losses), actor=actor, **given)
        _print(result.batch)
        done("batch.recorded", result.audit_id, batch=batch, stage=t(f"kiln.stages.{stage}"))


@batch_group.command("check", help=t("commands.kiln.batch.check"))
@click.argument("batch")
@click.argument("grades", nargs=-1, required=True, metavar="GRADE=N...")
@losses_option
@click.option("--part", type=int, metavar="N", help=t("commands.kiln.batch.part"))
@on_option
def check(
    batch: str, grades: tuple[str, ...], losses: tuple[str, ...], part: int | None, on: date | None
) -> None:
    """Good pieces come into stock by grade: prime=9 second=1 unique=1."""
    from shop.kiln.production import check_batch

    with opened() as (db, actor):
        result = check_batch(
            db, batch, pieces_by(grades), losses=pieces_by(losses), part=part, on=on, actor=actor
        )
        _print(result.batch)
        done("batch.recorded", result.audit_id, batch=batch, stage=t("kiln.stages.checked"))


@batch_group.command("close", help=t("commands.kiln.batch.close"))
@click.argument("batch")
@click.option("--cause", "reason", default="other", show_default=True, help=t("commands.kiln.batch.cause"))
@on_option
def close(batch: str, reason: str, on: date | None) -> None:
    """Pieces that still wait are lost where they stand."""
    from shop.kiln.production import close_batch

    with opened() as (db, actor):
        result = close_batch(db, batch, reason=reason, on=on, actor=actor)
        _print(result.batch)
        done("batch.closed", result.audit_id, batch=batch)


@batch_group.command("write-off", help=t("commands.kiln.batch.write_off"))
@click.argument("batch")
@click.argument("stage", type=click.Choice(("bisque", "glaze_fired", "decor_fired")))
@click.argument("pieces", type=click.IntRange(1), required=False)
@click.option(
    "--cause", "reason", default="underfired", show_default=True, help=t("commands.kiln.batch.cause")
)
def write_off_(batch: str, stage: str, pieces: int | None, reason: str) -> None:
    """Unfinished pieces will not be fired again."""
    from shop.kiln.production import write_off

    with opened() as (db, actor):
        result = write_off(db, batch, stage, pieces=pieces, reason=reason, actor=actor)
        _print(result.batch)
        done("batch.recorded", result.audit_id, batch=batch, stage=t(f"kiln.stages.{stage}"))


@batch_group.command("cancel", help=t("commands.kiln.batch.cancel"))
@click.argument("batch")
def cancel(batch: str) -> None:
    """A batch that was never produced."""
    from shop.kiln.production import cancel_batch

    with opened() as (db, actor):
        result = cancel_batch(db, batch, actor=actor)
        done("batch.cancelled", result.audit_id, batch=batch)


@batch_group.command("forget", help=t("commands.kiln.batch.forget"))
@click.argument("batch")
@click.argument("stage")
@click.option("--part", type=int, default=1, show_default=True, help=t("commands.kiln.batch.part"))
def forget(batch: str, stage: str, part: int) -> None:
    """Take away a step that was recorded by mistake."""
    from shop.kiln.production import forget_step

    with opened() as (db, actor):
        result = forget_step(db, batch, stage, part, actor=actor)
        _print(result.batch)
        done("batch.recorded", result.audit_id, batch=batch, stage=t(f"kiln.stages.{stage}"))


@batch_group.command("list", help=t("commands.kiln.batch.list"))
@json_option
def list_(as_json: bool) -> None:
    """Where the pieces of all open batches stand."""
    from shop.kiln.board import board

    with opened() as (db, _):
        on_board = board(db)
    if as_json:
        print_json(
            {
                "batches": [
                    {
                        "batch": c.batch_id,
                        "sku": c.sku,
                        "title": c.title,
                        "stage": c.stage,
                        "inside": c.inside,
                        "waiting": c.queued,
                        "again": c.again,
                        "next": c.next_stage,
                        "maker": c.maker,
                        "since": c.since.isoformat(),
                        "firing": c.firing_id,
                    }
                    for c in on_board
                ]
            }
        )
        return
    if not on_board:
        click.echo(t("commands.kiln.batch.none"))
        return
    heads = [
        t(f"commands.kiln.heads.{name}")
        for name in ("batch", "title", "stage", "inside", "waiting", "again", "maker", "since")
    ]
    rows = [
        [
            c.batch_id,
            c.title,
            t(f"kiln.stages.{c.stage}"),
            str(c.inside or ""),
            str(c.queued or ""),
            str(c.again or ""),
            c.maker or "",
            c.since.isoformat(),
        ]
        for c in on_board
    ]
    click.echo(table(heads, rows, left=3))


@batch_group.command("show", help=t("commands.kiln.batch.show"))
@click.argument("batch")
@json_option
def show(batch: str, as_json: bool) -> None:
    """All that was recorded of one batch."""
    from shop.kiln import production
    from shop.kiln.batch_values import batch_to_dict

    with opened() as (db, _):
        result = production.batch(db, batch)
    if as_json:
        print_json(batch_to_dict(result))
    else:
        _print(result)


def _print(batch: Any) -> None:
    """A batch with its steps as a table."""
    click.echo(
        t(
            "commands.kiln.batch.head",
            batch=batch.batch_id,
            sku=batch.sku,
            pieces=batch.pieces,
            good=batch.good,
            lost=batch.lost,
            state=t(f"kiln.states.{batch.status}"),
        )
    )
    names = ("stage", "pass", "part", "day", "in", "out", "again", "lost", "firing")
    heads = [t(f"commands.kiln.heads.{name}") for name in names]
    rows = []
    for item in batch.steps:
        lost = ", ".join(f"{t(f'kiln.causes.{reason}')} {count}" for reason, count in item.losses)
        lost += ", ".join(f"{t(f'kiln.grades.{grade}')} {sku} {count}" for grade, sku, count in item.grades)
        place = " ".join(filter(None, (item.firing_id, item.position)))
        out = "" if item.pieces_out is None else str(item.pieces_out)
        rows.append(
            [
                t(f"kiln.stages.{item.stage}"),
                str(item.pass_number),
                str(item.part),
                str(item.done_on or ""),
                str(item.pieces_in),
                out,
                str(item.again or ""),
                lost,
                place,
            ]
        )
    click.echo(table(heads, rows, left=3))
