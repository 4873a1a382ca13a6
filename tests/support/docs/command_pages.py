"""The page of all commands with their options, from the commands themselves.

`python -m tests.support.docs.command_pages` prints it. It is written in the language of KILNBOARD_LANG.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from dashboard.cli import root_command, spoken

TITLE = {
    "en": "# Commands\n\nFor scripts: whatever a studio needs can be done in the browser. "
    "Each command takes `--help`; those that print figures take `--json`.",
    "zh": "# 命令\n\n给脚本用：店铺需要的一切都能在浏览器里做。每个命令都有 `--help`，输出数字的都有 `--json`。",
}
HEADS = {"en": "| option | |", "zh": "| 选项 | |"}


def page() -> str:
    """The Markdown of the page: one heading for each command, with its help and a table of its options."""
    root = root_command()
    return "\n".join([TITLE[spoken()], *_parts(root, click.Context(root, info_name="kilnboard"), 2)]) + "\n"


def _parts(group: click.Group, context: click.Context, depth: int) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context)
        usage = " ".join((own.command_path, *command.collect_usage_pieces(own)))
        yield f"\n{'#' * min(depth, 3)} `{usage}`\n\n{_plain(command.help or '')}"
        options = [record for p in command.params if (record := p.get_help_record(own))]
        if options:
            rows = [f"| `{_plain(names)}` | {_plain(text)} |" for names, text in options]
            yield "\n".join(["", HEADS[spoken()], "|---|---|", *rows])
        if isinstance(command, click.Group):
            yield from _parts(command, own, depth + 1)


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
