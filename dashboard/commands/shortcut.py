"""The command that puts Kilnboard among the programs of the system: start menu, applications, desktop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from dashboard.i18n.messages import t

NAME = "Kilnboard"
LINK = """$link = (New-Object -ComObject WScript.Shell).CreateShortcut('{link}')
$link.TargetPath = '{program}'
$link.Arguments = '-m kilnboard open'
$link.WorkingDirectory = '{folder}'
$link.Description = 'Kilnboard'
$link.Save()
"""
DESKTOP = """[Desktop Entry]
Type=Application
Name=Kilnboard 窑看板
Exec="{program}" -m kilnboard open
Icon={icon}
Terminal=true
Categories=Office;
"""
COMMAND = """#!/bin/sh
exec "{program}" -m kilnboard open
"""


@click.command("install-shortcut", help=t("commands.shortcut.help"))
def install_shortcut_command() -> None:
    """Write the shortcut of this system and print where it is."""
    path = shortcut_path(sys.platform, Path.home())
    install(path)
    click.echo(t("commands.shortcut.done", path=path))


def shortcut_path(system: str, home: Path) -> Path:
    """Where the shortcut belongs on a system (`sys.platform`): start menu, Applications, or the desktop's menu."""
    if system == "win32":
        roaming = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
        return roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / f"{NAME}.lnk"
    if system == "darwin":
        return home / "Applications" / f"{NAME}.command"
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return data / "applications" / f"{NAME.lower()}.desktop"


def install(path: Path) -> None:
    """Write the shortcut; on Windows through the shell's own object, as a link is a binary file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".lnk":
        subprocess.run(["powershell", "-NoProfile", "-Command", link_script(path)], check=True)
        return
    icon = Path(__file__).parent.parent / "theme" / "icon.png"
    template = DESKTOP if path.suffix == ".desktop" else COMMAND
    path.write_text(template.format(program=sys.executable, icon=icon), "utf-8")
    path.chmod(0o755)


def link_script(path: Path) -> str:
    """The PowerShell text that writes the link; quotes in a path are doubled."""
    values = {"link": path, "program": sys.executable, "folder": Path.home()}
    return LINK.format(**{name: str(value).replace("'", "''") for name, value in values.items()})
