"""Keys and tokens of the platforms: from the environment, or from one file that only its owner reads.

The file is `credentials.toml` in the user's configuration folder (mode 0600), one table per platform.
KILNBOARD_<PLATFORM>_<NAME> in the environment goes before it. Refreshed tokens are always stored in the
file, with a mark of the login that they come from: a new login in the environment wins over an old token.
Each shop of a group has a folder of its own, and nothing of the environment, which is of the process's own shop.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.http.errors import NotConnected
from etl.platforms.base import Connector, Keys
from shop.db.database import default_url
from shop.db.urls import SHOP_VARIABLE, shop_of

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

TOKENS = ("access_token", "refresh_token", "ends_at", "login")
LOGIN = ("access_token", "refresh_token", "code")


_shop: ContextVar[str] = ContextVar("shop", default="")


def _none() -> str:
    return ""


class KeyScope:
    """Whose keys are read and stored: `shop` names the listed shop of this run, "" for the process's own."""

    shop: Callable[[], str] = staticmethod(_none)


@contextmanager
def of_shop(name: str) -> Iterator[None]:
    """Read and store the keys of a listed shop inside the block."""
    token = _shop.set(name)
    try:
        yield
    finally:
        _shop.reset(token)


def shop_of_keys() -> str:
    """The listed shop whose keys are read and stored; "" for the process's own."""
    return _shop.get() or KeyScope.shop()


def folder() -> Path:
    """The configuration folder of the shop: that of the user, of a named shop a folder in it."""
    name = shop_of_keys() or os.environ.get(SHOP_VARIABLE) or shop_of(default_url())
    return _user_folder() / "shops" / name if name else _user_folder()


def _user_folder() -> Path:
    """The user's configuration folder for this program: KILNBOARD_CONFIG, or the system's place."""
    if value := os.environ.get("KILNBOARD_CONFIG"):
        return Path(value)
    if os.name == "nt":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "kilnboard"
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "kilnboard"


def place() -> Path:
    """The file of keys and tokens."""
    return folder() / "credentials.toml"


def _stored() -> dict[str, dict[str, Any]]:
    try:
        text = place().read_text("utf-8")
    except FileNotFoundError:
        return {}
    if os.name == "posix" and place().stat().st_mode & 0o077:
        place().chmod(0o600)
    return {name: table for name, table in tomllib.loads(text).items() if isinstance(table, dict)}


def _from_environment(connector: Connector) -> dict[str, str]:
    if shop_of_keys():
        return {}
    names = (*(item.name for item in connector.CREDENTIALS), "access_token", "refresh_token")
    result = _environment_of(connector.NAME, names)()
    return {name: value.get_secret_value() for name in names if (value := getattr(result, name))}


@cache
def _environment_of(platform: str, names: tuple[str, ...]) -> type[BaseSettings]:
    """The settings class with these names from the environment of a platform; built once, which costs milliseconds."""
    from pydantic import SecretStr, create_model
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Base(BaseSettings):
        model_config = SettingsConfigDict(env_prefix=f"KILNBOARD_{platform.upper()}_", extra="ignore")

    fields: dict[str, Any] = dict.fromkeys(names, (SecretStr | None, None))
    return create_model("Environment", __base__=Base, **fields)


def settings_of(connector: Connector) -> dict[str, str]:
    """Settings that the owner changed: API versions, rate, addresses (`url`, `url_auth`)."""
    known = {*connector.SETTINGS, "rate", *(_url_name(host) for host in connector.HOSTS)}
    prefix = f"KILNBOARD_{connector.NAME.upper()}_"
    given = {name: str(value) for name, value in _stored().get(connector.NAME, {}).items()}
    given |= {
        name: os.environ[prefix + name.upper()]
        for name in known
        if prefix + name.upper() in os.environ and not shop_of_keys()
    }
    return {name: given[name] for name in known if given.get(name)}


def hosts_of(connector: Connector, settings: Mapping[str, str]) -> dict[str, str]:
    """The platform's addresses: its own, unless settings name another one."""
    main = settings.get("url")
    return {
        host: (settings.get(_url_name(host)) or main or address).rstrip("/")
        for host, address in connector.HOSTS.items()
    }


def _url_name(host: str) -> str:
    return "url" if host == "api" else f"url_{host}"


def load(connector: Connector) -> Keys:
    """The keys of one platform; raises NotConnected, which names what is missing."""
    stored = _stored().get(connector.NAME, {})
    in_environment = _from_environment(connector)
    values = {name: str(value) for name, value in stored.items() if name not in TOKENS} | in_environment
    missing = [item.name for item in connector.CREDENTIALS if not item.optional and not values.get(item.name)]
    if missing or not (values or stored):
        raise NotConnected(platform=connector.NAME, missing=", ".join(missing) or "everything")
    if in_environment.keys() & set(LOGIN) and stored.get("login") != login_mark(in_environment):
        access, refresh = in_environment.get("access_token", ""), in_environment.get("refresh_token", "")
        ends_at = 0
    else:
        access, refresh = str(stored.get("access_token", "")), str(stored.get("refresh_token", ""))
        ends_at = int(stored.get("ends_at", 0))
    return Keys(values, access, refresh, ends_at)


def known(connector: Connector) -> dict[str, str]:
    """The keys that the environment or the file has already, without consent codes and tokens."""
    stored = _stored().get(connector.NAME, {})
    values = {name: str(value) for name, value in stored.items() if name not in TOKENS}
    values |= _from_environment(connector)
    return {name: value for name, value in values.items() if value and name != "code"}


def login_mark(values: Mapping[str, str]) -> str:
    """Which login in the environment tokens come from, as a hash; "" where there is none."""
    login = [values.get(name, "") for name in LOGIN]
    return hashlib.sha256("\x1f".join(login).encode()).hexdigest()[:16] if any(login) else ""


def save(connector: Connector, keys: Keys) -> None:
    """Store keys and token; keys that are in the environment stay there."""
    in_environment = _from_environment(connector)
    everything = _stored()
    table = everything.get(connector.NAME, {})
    own = {name: value for name, value in keys.values.items() if value and in_environment.get(name) != value}
    table |= own | {
        "access_token": keys.access_token,
        "refresh_token": keys.refresh_token,
        "ends_at": keys.ends_at,
        "login": login_mark(in_environment),
    }
    if keys.access_token:
        table.pop("code", None)  # a consent code works once
    everything[connector.NAME] = table
    _write(everything)


def forget(connector: Connector) -> None:
    """Take a platform's keys and token out of the file."""
    everything = _stored()
    if everything.pop(connector.NAME, None) is not None:
        _write(everything)


def _write(everything: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the whole file again, at once: a crash leaves the old one or the new one."""
    lines = []
    for name, table in sorted(everything.items()):
        lines.append(f"[{name}]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in sorted(table.items())]
        lines.append("")
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder() / f".credentials.{os.getpid()}.new"
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, place())
