"""Everything that the shop refuses to do, each error with its data and a sentence in English.

Commands and pages translate them by `code` and `details`.
"""

from __future__ import annotations

from typing import Any, ClassVar


class ShopError(Exception):
    """The base of all refusals: a code, its data, and a sentence with the next step."""

    message: ClassVar[str] = "something went wrong"
    exit_code: ClassVar[int] = 2

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.message.format(**details))

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between processes with their data."""
        return (_rebuilt, (type(self), self.details))

    @property
    def code(self) -> str:
        """The key of its translations."""
        return type(self).__name__


def _rebuilt(kind: type[ShopError], details: dict[str, Any]) -> ShopError:
    return kind(**details)


class UnknownMetric(ShopError):
    """A metric was requested that does not exist."""

    message = "There is no figure named “{name}”. Known figures: {known}."


class UnknownDimension(ShopError):
    """A figure was to be cut by something that the shop cannot cut it by."""

    message = "“{metric}” cannot be cut by “{name}”. Possible: {known}."


class BadPeriod(ShopError):
    """A period ends before it starts or is not a date."""

    message = "“{text}” is not a period. Write two dates, the first one first: 2026-01-01..2026-01-31."


class NewerDatabase(ShopError):
    """The database was written by a newer version of the program."""

    message = (
        "The database {url} was written by a newer Kilnboard ({found}). "
        "Update Kilnboard, or restore a backup made with this version."
    )


class UnreleasedDatabase(ShopError):
    """The database was written by a development version, between two releases."""

    message = (
        "The database was written by an unreleased Kilnboard (step {found}). "
        "Import the files into a new database, or open it once with the last version of that time."
    )


class UnsupportedDatabase(ShopError):
    """A database URL of a kind that this version does not open."""

    message = (
        "Kilnboard opens SQLite files (a path or sqlite:///…) and databases of PostgreSQL (postgresql://…), "
        "not “{url}”."
    )


class NotAFile(ShopError):
    """Something is there for files of SQLite alone, and the shop is in PostgreSQL."""

    message = "{url} is a database of PostgreSQL; this is there for files of SQLite alone."


class MissingExtra(ShopError):
    """What a chosen database needs is not installed."""

    message = "For a database of PostgreSQL install the extra “{extra}”: pip install 'kilnboard[{extra}]'."


class BadServerUrl(ShopError):
    """The URL of a server cannot be read; it is not shown, as it may have a password in it."""

    message = (
        "The address of the database cannot be read. It is postgresql://NAME:PASSWORD@HOST:PORT/DATABASE, with options "
        "that PostgreSQL knows behind a “?”. In a name or a password write % as %25, / as %2F, : as %3A, ? as %3F, "
        "@ as %40, # as %23 and & as %26; or leave the password out and put it into PGPASSWORD or the file ~/.pgpass."
    )


class BadShopName(ShopError):
    """The short name of a shop is not one."""

    message = (
        "“{name}” cannot be a shop's short name. It has small letters a to z, digits, - and _, at most 40, "
        "such as gaoling-2."
    )


class UnknownShop(ShopError):
    """There is no shop of this name; none is created by a slip of the pen."""

    message = (
        "There is no shop “{name}” in {url}. Shops there: {known}. "
        "`kilnboard group add` creates one or takes it into the list."
    )


class ServerForbids(ShopError):
    """The role with which a server's database was opened may not do this."""

    message = (
        "The server does not let this role do that in {url} ({found}). After an update the shop is opened once by the "
        "role that created it; a reader's role only reads."
    )


class UnreachableServer(ShopError):
    """The server of a database cannot be reached, or does not let us in."""

    message = (
        "The database {url} cannot be reached ({found}). Look whether the server runs, whether the database is there "
        "(createdb), and whether name and password are right."
    )
    exit_code = 1


class ReadOnlyServer(ShopError):
    """The server of a database takes no changes: it follows another one, or its role only reads."""

    message = (
        "The server takes no changes in {url} ({found}). Nothing was changed: it is a copy that follows another "
        "server, or the role only reads. Name the server and the role that write."
    )
    exit_code = 1


class OldServer(ShopError):
    """The server of a database is older than what the program's SQL needs."""

    message = (
        "{url} is PostgreSQL {found}; Kilnboard needs {needed} or newer. Nothing was changed: let whoever looks after "
        "the server update it, or name another one."
    )


class NotADatabase(ShopError):
    """The file named as database is something else."""

    message = "{url} is not a Kilnboard database. Name another file with --db."


class DatabaseBusy(ShopError):
    """Another program locks the database for longer than we wait."""

    message = (
        "The database is in use by another import or program. Nothing was changed; try again in a minute."
    )
    exit_code = 75


class UnreachableDatabase(ShopError):
    """The database file cannot be opened, created or read where it is."""

    message = (
        "The database {path} cannot be opened ({found}). Look whether its disk and folder are there "
        "and may be written to; --db names another file."
    )
    exit_code = 1


class MissingDatabase(ShopError):
    """The database file was deleted or renamed while the program had it open."""

    message = (
        "The database {path} is not there any more. Put the file back, or restore a backup; "
        "the dashboard goes on by itself then."
    )
    exit_code = 1


class LostShop(MissingDatabase):
    """There is no database at a path, but backups of one: a new one would hide that the shop is lost."""

    message = (
        "There is no shop at {path}, but a backup of one, the newest: {backup}. Put it back with "
        "`kilnboard restore` and this file, or begin a new, empty shop with `kilnboard open --new`."
    )


class ReplacedDatabase(ShopError):
    """The database file was replaced by another one while the program had it open."""

    message = "The database {path} was replaced by another file, by a restored backup for example. Try again."
    exit_code = 75


class DiskFull(ShopError):
    """There is no room on the disk; nothing was changed."""

    message = "The disk of {path} is full. Nothing was changed: make room there and try again."
    exit_code = 1


class ReadOnlyDatabase(ShopError):
    """The file or its folder may not be written to."""

    message = (
        "{path} may not be written to. Nothing was changed: look at the rights of the file and its folder."
    )
    exit_code = 1


class DamagedDatabase(ShopError):
    """SQLite finds pages of the file that are wrong."""

    message = (
        "The database {path} is damaged ({found}). Run: kilnboard doctor. "
        "It names what is hurt; kilnboard restore brings a backup back."
    )
    exit_code = 1


class DamagedKey(ShopError):
    """The key file next to the database is no key."""

    message = (
        "{path} is no key. Put the file of this name from a backup there. "
        "Where there is none: Settings, About, Go on without the old key."
    )
    exit_code = 1


class MissingKey(ShopError):
    """The key that a shop's buyers are known by is not next to it."""

    message = (
        "The key by which this shop knows its buyers is not there, so nothing was read: they would count as new ones. "
        "Put {path} there, from the computer or the backup where the shop was before. "
        "Where it is lost: Settings, About, Go on without the old key."
    )
    exit_code = 1


class OtherKey(ShopError):
    """The key next to a shop is not the one that its buyers are known by."""

    message = (
        "{path} is not the key by which this shop knows its buyers, so nothing was read: they would count as new ones. "
        "Put the file of this name there from the computer or the backup where the shop was before. "
        "Where it is lost: Settings, About, Go on without the old key."
    )
    exit_code = 1


UNAVAILABLE = (
    UnreachableDatabase,
    UnreachableServer,
    MissingDatabase,
    ReplacedDatabase,
    DatabaseBusy,
    NotADatabase,
)
"""The shop cannot be read at the moment: the same page works again once the file does."""
