"""URLs of databases: which name a server, how they are shown, and where what has no file of its own is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from shop.core.errors import BadServerUrl, BadShopName

SHOP_VARIABLE = "KILNBOARD_SHOP"  # which shop of a group or of a server's database
SHOP_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
HOST = r"(?:\[[^][@/?,]*\]|[^][:/?@,]*)(?::\d*)?"
SERVER = re.compile(  # as libpq reads it, without what could be the rest of a password
    r"(?P<scheme>postgres(?:ql)?://)(?:(?P<user>[^:@/?]*)(?::(?P<password>[^@/]*))?@)?"
    rf"{HOST}(?:,{HOST})*(?:/[^/?@]*)?(?:\?(?P<options>[a-z_]+=[^&?@]*(?:&[a-z_]+=[^&?@]*)*)?)?"
)
BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
SECRETS = ("password", "secret")  # which options end so


def home_folder() -> Path:
    """Where what belongs to a shop lies that has no file of its own: Kilnboard's folder in the user's data folder."""
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "kilnboard"


def is_server(url: str) -> bool:
    """Whether a URL names a database of a PostgreSQL server."""
    return url.startswith(("postgresql://", "postgres://"))


def check_server(url: str) -> None:
    """Raise BadServerUrl where the URL of a server cannot be read, or could be read in two ways."""
    if not SERVER.fullmatch(url) or BAD_PERCENT.search(url):
        raise BadServerUrl


def without_password(url: str) -> str:
    """A URL as it may be shown; of one that cannot be read, only what kind it is."""
    if not is_server(url):
        return url
    parts = SERVER.fullmatch(url)
    if parts is None:
        return f"{url.partition('://')[0]}://…"
    base, options = _options(url)
    login = f":{parts['password']}@" if parts["password"] is not None else "@"
    shown = [option for option in options if not option.partition("=")[0].endswith(SECRETS)]
    return _joined(base.replace(login, "@", 1), shown)


def shop_of(url: str) -> str:
    """The shop that the URL of a server's database names by `?shop=`; "" where it names none."""
    named = (option for option in _options(url)[1] if option.startswith("shop="))
    return unquote(next(named, "").removeprefix("shop="))


def with_shop(url: str, name: str) -> str:
    """The URL of another shop in the same database; without a name that of the database itself."""
    base, options = _options(url)
    others = [option for option in options if not option.startswith("shop=")]
    return _joined(base, [*others, f"shop={name}"] if name else others)


def with_password_of(url: str, other: str) -> str:
    """A URL with the password of another one, where both name the same user of the same server; else as it is."""
    if not (is_server(url) and is_server(other)) or _server(url) != _server(without_password(other)):
        return url
    base, options = _options(url)
    other_base, other_options = _options(other)
    head, path = base.split("://", 1)[0], base.split("://", 1)[1].partition("/")[2]
    login = other_base.split("://", 1)[1].partition("/")[0]
    password = [option for option in other_options if option.startswith("password=")]
    return _joined(f"{head}://{login}/{path}", [*password, *options])


def _server(url: str) -> tuple[str, ...]:
    """User, host and port of a URL without a password."""
    base, options = _options(url)
    where = (option for option in options if option.startswith(("host=", "hostaddr=", "port=", "user=")))
    return base.split("://", 1)[1].partition("/")[0], *sorted(where)


def shop_name(name: str) -> str:
    """The short name of a shop, as it stands in a URL, a schema and a file; raises BadShopName."""
    if not SHOP_NAME.fullmatch(name):
        raise BadShopName(name=name)
    return name


def _options(url: str) -> tuple[str, list[str]]:
    parts = SERVER.fullmatch(url)
    if parts is None or parts["options"] is None:
        return url.removesuffix("?") if parts else url, []
    return url[: parts.start("options") - 1], parts["options"].split("&")


def _joined(base: str, options: list[str]) -> str:
    return f"{base}?{'&'.join(options)}" if options else base
