"""`kilnboard metrics`: the dictionary of all figures, and with --views that of the views for SQL."""

from __future__ import annotations

import click

from dashboard.commands.common.output import print_json
from dashboard.i18n.language import language
from dashboard.i18n.messages import t


@click.command("metrics", help=t("commands.metrics.help"))
@click.option("--views", "of_views", is_flag=True, help=t("commands.metrics.views"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
def metrics_command(of_views: bool, as_json: bool) -> None:
    """Print the dictionary of all figures, or of all views."""
    if of_views:
        _print_views(as_json)
        return
    from shop.metrics.definitions import METRICS
    from shop.metrics.query import describe
    from shop.open_data.metric_sql import metric_sql

    result = [
        (m.name, *describe(m, language()), m.unit, m.basis, m.formula, metric_sql(m.name))
        for m in METRICS.values()
    ]
    if as_json:
        keys = ("name", "label", "means", "unit", "basis", "formula", "sql")
        print_json({"metrics": [dict(zip(keys, row, strict=True)) for row in result]})
        return
    for name, label, means, *_ in result:
        click.echo(f"{name}  {label}\n    {means}")


def _print_views(as_json: bool) -> None:
    from shop.open_data.dictionary import dictionary, markdown

    if as_json:
        print_json({"views": dictionary()})
    else:
        click.echo(markdown())
