"""`kilnboard kiln curve`: the temperature of a firing, from its controller's file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.params import done, json_option, opened
from dashboard.i18n.messages import t


@click.command("curve", help=t("commands.kiln.curve.help"))
@click.argument("firing")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--unit", type=click.Choice(("C", "F")), help=t("commands.kiln.curve.unit"))
@click.option("--delete", is_flag=True, help=t("commands.kiln.curve.delete"))
@json_option
def curve_command(firing: str, file: Path | None, unit: Any, delete: bool, as_json: bool) -> None:
    """Add the curve of a firing, show it, or delete it."""
    from shop.kiln import curves

    with opened() as (db, actor):
        if delete:
            done("curve.deleted", curves.set_curve(db, firing, None, actor=actor), firing=firing)
            return
        if file is not None:
            from etl.controllers.firing_curve import read_curve

            result = read_curve(file, unit=unit)
            number = curves.set_curve(db, firing, result.curve, source=file.name, actor=actor)
            if not as_json:
                done(
                    "curve.added",
                    number,
                    firing=firing,
                    points=len(result.curve.points),
                    unit=result.unit,
                    left_out=result.left_out,
                )
        curve = curves.curve_of(db, firing)
    if as_json:
        print_json({"firing": firing, **(_contract(curve) if curve else {"points": None})})
    elif curve is None:
        click.echo(t("commands.kiln.curve.none", firing=firing))
    else:
        figures = {name: value for name, value in _contract(curve).items() if name != "points"}
        click.echo(t("commands.kiln.curve.line", firing=firing, **figures))


def _contract(curve: Any) -> dict[str, Any]:
    """A curve as `--json` prints it: seconds, and tenths of °C."""
    return {
        "peak": curve.peak,
        "soak_seconds": curve.soak_seconds,
        "to_peak_seconds": curve.to_peak_seconds,
        "seconds": curve.seconds,
        "points": [list(point) for point in curve.points],
    }
