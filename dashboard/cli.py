"""The entry point: the `kilnboard` command. Each sub-command is imported only when it runs."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.i18n.messages import t

COMMANDS = {
    "demo": "demo",
    "open": "open_",
    "install-shortcut": "shortcut",
    "user": "user",
    "group": "group",
    "import": "import_",
    "connect": "connect",
    "sync": "sync",
    "status": "status",
    "shop": "shop",
    "export": "export",
    "report": "report",
    "metrics": "report",
    "forecast": "growth.forecast",
    "goal": "growth.goal",
    "campaign": "growth.campaign",
    "reconcile": "growth.reconcile",
    "backup": "safety.backups",
    "restore": "safety.backups",
    "move": "safety.move",
    "rebuild": "maintenance",
    "doctor": "maintenance",
    "privacy": "safety.privacy",
    "notify": "notify",
    "week": "growth.week",
    "card": "growth.growth_report",
    "listing": "listing",
    "comments": "comments",
    "stock": "stock",
    "order": "orders",
    "label": "orders.label",
    "kiln": "kiln",
    "cost": "cost",
    "rates": "rates",
    "payouts": "cost.payouts",
    "live": "live",
    "video": "live",
}


def spoken() -> str:
    """The language of the terminal: KILNBOARD_LANG, else Chinese where the system speaks it."""
    wish = os.environ.get("KILNBOARD_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "zh" if wish.lower().startswith("zh") else "en"


class CommandGroup(click.Group):
    """The group whose members are named in COMMANDS and loaded on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of a first day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of this command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"dashboard.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def main(self, *given: Any, **named: Any) -> Any:
        """Run the command line; whatever is printed, errors included, is text that no terminal obeys."""
        from dashboard.commands.common.output import visible_output

        with visible_output():
            return super().main(*given, **named)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse a word that is no text, unless it is the name of a file."""
        for word in args:
            if "\0" in word or not (_is_text(word) or os.path.exists(word)):
                shown = word.encode("utf-8", "backslashreplace").decode()
                raise click.UsageError(t("commands.not_text", word=shown), ctx)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their short words, without importing any."""
        with formatter.section(t("commands.heading")):
            formatter.write_dl([(name, t(f"commands.{name}.short")) for name in COMMANDS])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the shop or the system refuses is reported in words, with the exit code that fits."""
        try:
            return super().invoke(ctx)
        except Exception as problem:
            if isinstance(
                problem, click.ClickException | click.exceptions.Exit | click.Abort | BrokenPipeError
            ):
                raise
            from dashboard.text.errors import of_a_command

            refusal = of_a_command(problem)
            if refusal is None:
                raise
            click.echo(refusal.words, err=True)
            ctx.exit(refusal.exit_code)


def _is_text(word: str) -> bool:
    """Whether a word of the command line came as text in the encoding of this system."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def root_command() -> click.Group:
    """The command with its options, in the language of this run."""
    return CommandGroup(
        name="kilnboard",
        help=t("commands.help"),
        params=[
            click.Option(
                ["--db"],
                metavar="URL",
                help=t("commands.options.db"),
                expose_value=True,
                envvar="KILNBOARD_DB",
            ),
            click.Option(
                ["--shop"],
                metavar="NAME",
                help=t("commands.options.shop"),
                expose_value=True,
                envvar="KILNBOARD_SHOP",
            ),
            click.Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                is_eager=True,
                expose_value=False,
                callback=_speak,
                help=t("commands.options.lang"),
            ),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_version,
                help=t("commands.options.version"),
            ),
        ],
        callback=_choose_shop,
    )


def _speak(_ctx: click.Context, _option: click.Parameter, language: str | None) -> None:
    if language:
        use_language(language)


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"kilnboard {version('kilnboard')}")
        ctx.exit()


def _choose_shop(db: str | None, shop: str | None) -> None:
    if db:
        os.environ["KILNBOARD_DB"] = db
    if shop:
        from shop.db.database import default_url
        from shop.group.shops import address_of

        os.environ["KILNBOARD_DB"] = address_of(default_url(), shop)


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console must not fail on ¥ or 窑
            stream.reconfigure(errors="replace")
    use_language(_language_option() or spoken())
    root_command()(prog_name="kilnboard")


def _language_option() -> str | None:
    """The value of --lang: the help texts are chosen before click reads the options."""
    for place, argument in enumerate(sys.argv[1:], 1):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=") or None
        if argument == "--lang" and place + 1 < len(sys.argv):
            return sys.argv[place + 1] if sys.argv[place + 1] in LANGUAGES else None
    return None


if __name__ == "__main__":
    main()
