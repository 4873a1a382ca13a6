"""`kilnboard campaign`: the calendar of shopping festivals."""

from __future__ import annotations

from typing import Any

import click

from dashboard.commands.common.output import print_json
from dashboard.commands.common.session import clock_at
from dashboard.i18n.language import LANGUAGES
from dashboard.i18n.messages import t
from dashboard.text.table import table

YEAR = click.IntRange(1903, 2097)  # as far as the holidays of the calendar are known


@click.group("campaign", help=t("commands.campaign.help"), invoke_without_command=True)
@click.option("--year", type=YEAR, help=t("commands.campaign.year"))
@click.option("--json", "as_json", is_flag=True, help=t("commands.options.json"))
@click.pass_context
def campaign_command(ctx: click.Context, year: int | None, as_json: bool) -> None:
    """Show the campaigns of a year."""
    if ctx.invoked_subcommand:
        return
    from shop.connect import connect
    from shop.growth.comparison.campaigns import editions

    db = connect()
    year = year or clock_at(db, None).today.year
    result = editions(db, range(year, year + 1))
    db.close()
    if as_json:
        print_json(
            {
                "campaigns": [
                    {
                        "key": item.key,
                        "name": item.name,
                        "year": item.year,
                        "from": item.period.start.isoformat(),
                        "to": item.period.end.isoformat(),
                        "is_estimate": item.is_estimate,
                        "is_own": item.is_own,
                    }
                    for item in result
                ]
            }
        )
        return
    names = ("name", "start", "end", "state")
    heads = [t(f"commands.campaign.{name}") for name in names]
    click.echo(table(heads, [_campaign_row(item) for item in result], left=4))


def _key(name: str) -> str:
    """The key of a campaign by its name in any language; an own one goes by its name."""
    from dashboard.i18n import messages
    from shop.growth.comparison.campaigns import NAMES, key_of

    for key in NAMES:
        if name.strip() in {messages.words(language)[f"campaign.{key}"] for language in LANGUAGES}:
            return key
    return key_of(name.strip())


def _named(name: str) -> str:
    from dashboard.text.comparison import occasion

    return occasion(name)


def _campaign_row(item: Any) -> list[str]:
    source = t("commands.campaign.own" if item.is_own else "commands.campaign.known")
    guess = t("commands.campaign.estimate")
    return [
        _named(item.name),
        item.period.start.isoformat(),
        item.period.end.isoformat(),
        guess if item.is_estimate else source,
    ]


@campaign_command.command("set", help=t("commands.campaign.set"))
@click.argument("name")
@click.argument("year", type=YEAR)
@click.argument("days")
@click.option("--estimate", is_flag=True, help=t("commands.campaign.guess"))
def campaign_set(name: str, year: int, days: str, estimate: bool) -> None:
    """Write down the days of a campaign."""
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.core.periods import parse_period
    from shop.growth.comparison.campaigns import set_campaign

    db = connect()
    result = set_campaign(
        db, name, year, parse_period(days), actor=OWNER, key=_key(name), is_estimate=estimate
    )
    db.close()
    click.echo(t("commands.campaign.saved", name=_named(result.name), year=year, range=result.period))


@campaign_command.command("remove", help=t("commands.campaign.remove"))
@click.argument("name")
@click.argument("year", type=YEAR)
def campaign_remove(name: str, year: int) -> None:
    """Take a campaign out of the calendar."""
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.growth.comparison.campaigns import remove_campaign

    db = connect()
    gone = remove_campaign(db, _key(name), year, actor=OWNER)
    db.close()
    click.echo(t("commands.campaign.removed", name=_named(gone.name), year=year))


@campaign_command.command("reset", help=t("commands.campaign.reset"))
@click.argument("name")
@click.argument("year", type=YEAR)
def campaign_reset(name: str, year: int) -> None:
    """Forget what was typed."""
    from shop.access.roles import OWNER
    from shop.connect import connect
    from shop.growth.comparison.campaigns import reset_campaign

    db = connect()
    reset_campaign(db, _key(name), year, actor=OWNER)
    db.close()
    click.echo(t("commands.campaign.was_reset", name=_named(name), year=year))
