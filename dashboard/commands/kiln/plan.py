"""`kilnboard kiln next`: what to throw next for a kiln, line by line with its reasons; and to plan it."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import DAY, done, json_option, opened
from dashboard.i18n.messages import t
from dashboard.text.markdown import plain
from dashboard.text.table import table


@click.command("next", help=t("commands.kiln.next.help"))
@click.argument("kiln")
@click.option(
    "--by",
    type=click.Choice(("need", "takings", "margin")),
    default="takings",
    show_default=True,
    help=t("commands.kiln.next.by"),
)
@click.option(
    "--cover",
    "cover_days",
    type=click.IntRange(1, 365),
    default=28,
    show_default=True,
    help=t("commands.kiln.next.cover"),
)
@click.option("--on", type=DAY, help=t("commands.kiln.on"))
@click.option("--plan", "fire_on", type=DAY, help=t("commands.kiln.next.plan"))
@click.option("--thrown", is_flag=True, help=t("commands.kiln.next.thrown"))
@json_option
def next_command(
    kiln: str, by: str, cover_days: int, on: date | None, fire_on: date | None, thrown: bool, as_json: bool
) -> None:
    """Propose the next load of a kiln; with --plan put it into the kiln calendar."""
    from shop.kiln_planning.proposals import BYS, propose
    from shop.kiln_planning.schedule import plan_load
    from shop.metrics.settings import today

    if thrown and not fire_on:
        raise click.UsageError(t("commands.kiln.next.thrown_alone"))
    with opened() as (db, actor):
        with db.read() as connection:
            day = on or today(connection)
        worth = next(name for name in BYS if name == by)
        result = propose(db, kiln, day, by=worth, cover_days=cover_days, actor=actor)
        _print_json(result) if as_json else _print(result)
        if fire_on:
            pieces = {line.sku: line.pieces for line in result.lines}
            planned = plan_load(db, kiln, pieces, fire_on, actor=actor, is_thrown=thrown, note=_note(result))
            if not as_json:
                done("next.planned", planned.audit_id, firing=planned.firing_id, day=fire_on)


def _note(result: Any) -> str:
    from dashboard.text.kiln_planning import named

    return t("performance.and").join(
        t("performance.note_line", name=named(line.product, line.spec), pieces=line.pieces)
        for line in result.lines
    )


def _print(result: Any) -> None:
    from dashboard.text.kiln_planning import summary, why

    click.echo(plain(summary(result)))
    if result.lines:
        heads = [t(f"commands.kiln.next.heads.{name}") for name in ("sku", "pieces", "cm2", "why")]
        rows = [[line.sku, str(line.pieces), f"{line.cm2:,}", why(line)] for line in result.lines]
        click.echo(table(heads, rows, left=len(heads)))
    for item in result.left:
        click.echo(f"{item.sku}: {t(f'performance.left_why.{item.why}')}")


def _print_json(result: Any) -> None:
    print_json(
        {
            "kiln": result.kiln_id,
            "room_cm2": result.space_cm2,
            "used_cm2": result.used_cm2,
            "cover_days": result.cover_days,
            "season": result.season.factor,
            "lines": [
                {
                    "sku": line.sku,
                    "pieces": line.pieces,
                    "cm2": line.cm2,
                    "per_week": round(line.per_week, 2),
                    "expected": round(line.expected, 2),
                    "days": line.days,
                    "on_hand": line.on_hand,
                    "making": line.making,
                    "short": line.short,
                    "days_to_make": line.record.days,
                    "good": [line.record.good.over, line.record.good.under],
                    "learned": line.record.learned,
                    "worth_cents": line.worth_cents,
                }
                for line in result.lines
            ],
            "left": [{"sku": item.sku, "why": item.why} for item in result.left],
        }
    )
