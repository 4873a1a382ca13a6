"""What can be wrong with a file, a row or a request: each error with its data and what to do next.

`REASONS` has the English reason for each rejected row, a sentence per code with its details; the dashboard words
the same in other languages by code and details.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shop.core.errors import ShopError


class FileRejected(ShopError):
    """The base of all refusals of a whole file: nothing of it was stored."""

    exit_code = 1


class FileMissing(FileRejected):
    """There is no such file."""

    message = "There is no file {file}."


class IsAFolder(FileRejected):
    """A folder is given for a file."""

    message = "{file} is a folder. Name the files in it."


class EmptyFile(FileRejected):
    """The file has no row below its header, or nothing at all."""

    message = "{file} is empty. Export it again."


class NotATable(FileRejected):
    """The file is something else than its name suggests."""

    message = "{file} is no table but {found}. Export the table as CSV or XLSX again."


class DamagedFile(FileRejected):
    """A workbook that cannot be opened to its end."""

    message = "{file} is damaged or cut off ({found}). Download it again."


class LockedFile(FileRejected):
    """A workbook or archive that wants a password."""

    message = "{file} is locked with a password. Say --password, or type it on the Data page."


class WrongPassword(LockedFile):
    """The password that was given does not open the file."""

    message = "This password does not open {file}. Check it with whoever sent the file, and try again."


class UnsupportedArchive(FileRejected):
    """An archive packed or encrypted by a method that the reader does not know (AES, Deflate64)."""

    message = (
        "{file} is packed or encrypted in a way that is not supported. Unpack it and import the files in it."
    )


class UnreadableFile(FileRejected):
    """A reading library failed in a way that no reader foresaw; `place` is how far it came."""

    message = "{file} cannot be read {place}({found}). Save it as CSV or XLSX again and import that."


class TooBig(FileRejected):
    """The file would not fit: its size, or what it unpacks to, is over the limit."""

    message = "{file} would unpack to {size} MB; the limit is {limit} MB. Export a shorter period."


class ReaderEnded(FileRejected):
    """The process that read the file was ended by the system, for want of memory for example."""

    message = (
        "Reading {file} ended early ({status}); nothing of it was stored. Close other programs and try again."
    )


class OutOfMemory(FileRejected):
    """Reading the file needs more memory than any export does."""

    message = (
        "Reading {file} needs more than {limit} MB of memory; perhaps there is a cell far away from the table. "
        "Copy the table alone into a new file, or export it as CSV."
    )


class OutOfTime(FileRejected):
    """Reading the file takes longer than any export of its size does."""

    message = (
        "Reading {file} takes more than {limit} seconds of the processor; an export of this size takes less. "
        "Export it again, for a shorter period or as CSV."
    )


class TooManyColumns(FileRejected):
    """The table is wider than any export."""

    message = "{file} has {found} columns; no export has more than {limit}. Is the separator right?"


class SplitHeader(FileRejected):
    """A separator inside a name of the header moves every column behind it."""

    message = (
        "The header of {file} has more cells than every row below it: “{first}” and “{rest}” are one name, "
        "“{header}”, with a separator in it. Correct the header, or export the file again."
    )


class BadEncoding(FileRejected):
    """The text cannot be read with any encoding that exports come in."""

    message = "The text of {file} cannot be read as {encoding}. Save it as UTF-8 and import that."


class UnknownTable(FileRejected):
    """No kind of export has these headers; `nearest` are kinds with what they lack."""

    message = (
        "{file} is no export that Kilnboard knows by its headers, which begin {headers}. "
        "Nearest, with what lacks: {nearest}. Say which column is what on the Data page, "
        "or write a profile: kilnboard import --suggest {file}"
    )


class UnlikeAnyTable(UnknownTable):
    """No kind of export has these headers, and none has most of them."""

    message = (
        "{file} is no export that Kilnboard knows, nor like one: its headers begin {headers}. "
        "Say which column is what on the Data page, or write a profile: kilnboard import --suggest {file}"
    )


class NoSuchRecords(FileRejected):
    """The table contains neither orders, refunds, products, comments nor live sessions."""

    message = (
        "{file} holds no orders, refunds, products, comments or live sessions that a profile could read; "
        "its headers are {headers}. If it does all the same, say which column is what on the Data page."
    )


class MissingColumns(FileRejected):
    """A table that is nearly of a known kind: columns that it cannot do without are not there."""

    message = (
        "{file} looks like {kind}, but has no column {missing}. Names looked for: {looked_for}. "
        "Where the export lets you choose columns, tick these and export again. "
        "If a column was renamed, say which one it is on the Data page, "
        "or write a profile: kilnboard import --suggest {file}"
    )


class ContraryHeader(FileRejected):
    """A table has all columns of a kind, and one that no file of that kind has."""

    message = (
        "{file} has the columns of {kind}, but also “{header}”, which no such file has: it is something else. "
        "Say which column is what on the Data page, or write a profile: kilnboard import --suggest {file}"
    )


class AmbiguousKind(FileRejected):
    """Two kinds explain the columns of a table equally well."""

    message = "{file} can be read as {kinds}. Say which one it is: --as {first}"


class PlatformWanted(FileRejected):
    """Several platforms write such files, and nothing in this one states which of them did."""

    message = "Which platform is {file} from? (It hints at: {found}.) Say --platform kuaishou, for example."


class SessionWanted(FileRejected):
    """The remarks of a file have only a time of day, and nothing states the session or the day of it."""

    message = (
        "The remarks in {file} have only a time of day ({sample}). Say in which live session they were written: "
        "--session ID. The sessions themselves are imported first."
    )


class UnknownMeaning(FileRejected):
    """The meaning given to a status word is none that its kind of file has."""

    message = "“{word}” cannot mean “{name}”. It may mean: {known}."


class UnknownStatusWord(FileRejected):
    """No rejected row has this status word."""

    message = "No row that was set aside has the status “{word}”. Words that wait for a meaning: {known}."


class UnknownPlatformName(FileRejected):
    """The word given for a platform cannot be one."""

    message = "“{name}” names no platform. Say one such as kuaishou, wechat_channels or xiaohongshu."


class AmbiguousDecimals(FileRejected):
    """Some amounts of a file have a decimal comma, others a decimal point."""

    message = (
        "The amounts of {file} are written in two ways ({samples}): is the comma or the point the decimal mark? "
        "Say --decimal , or --decimal ."
    )


class UnknownKind(FileRejected):
    """The kind named on the command line does not exist."""

    message = "There is no kind “{name}”. Kinds: {known}."


class AmbiguousDates(FileRejected):
    """Day and month cannot be distinguished in any row of the file: the user must choose."""

    message = (
        "Are the dates of {file} day first or month first? ({sample} can be read both ways.) "
        "Say --dates dmy or --dates mdy."
    )


class CurrencyWanted(FileRejected):
    """Nothing in the file names the currency of its amounts, or it names several."""

    message = "Which currency are the amounts of {file} in? (It hints at: {found}.) Say --currency USD."


class PeriodWanted(FileRejected):
    """The worksheet does not name the days that its figures cover."""

    message = "{file} does not say which days it covers. Say --period 2026-01-01..2026-01-31."


class BadProfile(FileRejected):
    """A column-mapping profile that cannot be followed; `key` is the place in it."""

    message = "The profile {file} cannot be followed at “{key}”: {found}."


class OpenQuestion(BadProfile):
    """A suggested profile in which a question is still open."""

    message = "The profile {file} still asks “{key}”: {found}."


class UnknownPlatform(ShopError):
    """The platform named on the command line has no connector."""

    message = "There is no platform “{name}”. Platforms: {known}."


class NotOffered(ShopError):
    """The platform takes or gives nothing of this kind."""

    message = "{platform} does not offer {kind}."


class UnknownListing(ShopError):
    """No listing of this number has been read from the platform."""

    message = "{platform} has no listing {listing} here. Run: kilnboard sync {platform}"


# --- rejected rows ----------------------------------------------------------------------------------

REASONS: dict[str, str] = {
    "Missing": "There is nothing here.",
    "RuinedId": "“{found}” is an id that a spreadsheet has rounded; export the file again and do "
    "not save it in between.",
    "LongKey": "“{found}…” has more than {expected} characters, more than any id or code.",
    "BadId": "“{found}” is no id of the platform.",
    "BadMoney": "“{found}” is no amount of money in whole cents of this currency.",
    "BadCurrency": "“{found}” is no currency code such as CNY.",
    "BadCount": "“{found}” is no whole number.",
    "BadDuration": "“{found}” is no length of time.",
    "BadRatio": "“{found}” is no rate.",
    "BadNumber": "“{found}” is no number.",
    "BadTime": "“{found}” is no date and time that can be placed.",
    "UnknownStatus": "“{found}” is a status that is not known here. Say what it means on the Data page, "
    "or with --retry --status “{found}=completed”.",
    "UnknownWord": "“{found}” is a word that is not known here. Known: {known}.",
    "NotPositive": "A sale needs at least one piece.",
    "NotNegative": "A return should have a negative quantity.",
    "Negative": "This amount must not be below zero.",
    "MoreThanList": "More was paid than the list price allows.",
    "TooMuch": "This amount is larger than any sale.",
    "SharedQuantity": "The sub-orders {found} of this row share one quantity or sum; which part is whose is not known.",
    "UnevenParts": "The cells of this row join different numbers of sub-orders.",
    "NoRefundTime": "The money is said to be back, but no time says when.",
    "EndsBeforeStart": "The session ends before it starts.",
    "NoPeriod": "It is not known which days these figures cover; import the file again.",
    "ByRule": "A rule of the profile sets “{found}” aside.",
    "WrongWidth": "The row has {found} cells where the header has {expected}.",
    "OpenQuote": "A quotation mark is opened and never closed.",
    "BrokenBytes": "Some letters cannot be read: the file is damaged here.",
    "BrokenRecord": "This record is cut off or is none.",
}


def sentence(code: str, details: Mapping[str, Any]) -> str:
    """The English sentence of a reason code; raises KeyError for an unknown code."""
    return REASONS[code].format_map({"found": "", "expected": "", "known": "", **details})
