"""Roles: every page and every command that the program has, by every role, and what money of the owner's reaches them.

Costs, margins, purchase prices, payouts and fees are set to amounts that occur nowhere else (canaries); the pages,
commands and tables are those that the code has, so a new one is in the matrix by itself.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from pyarrow import csv, parquet
from streamlit.testing.v1 import AppTest

from dashboard.cli import COMMANDS, CommandGroup, root_command
from dashboard.i18n.language import use_language
from dashboard.i18n.messages import t
from dashboard.views import pages
from shop.access.roles import MAY, ROLES, Actor, NotAllowed, Role
from shop.connect import connect
from shop.db.database import Database
from shop.export.tables import EXPORTED, write_table
from shop.metrics.definitions import METRICS, measures_of
from shop.metrics.query import Query, access_of, total
from shop.metrics.query import answer as run_query
from shop.open_data.parquet import write_parquet
from shop.open_data.views import VIEWS
from tests.support.pages import no_error, open_address, open_page, shown

OTHERS: tuple[Role, ...] = ("assistant", "packer", "creator")
CANARY = 86_753_19  # cents of every cost, payout and fee: shown as 86,753.19 or 86753.19 or in 万
SIGNS = ("86,753.19", "86753.19", "8675319", "86,753", "8.68万", "8.7万", "86.8k", "86.75K")
UPDATES = (
    "UPDATE unit_cost SET unit_cents = {c}, material_cents = {c}, kiln_cents = 0, loss_cents = 0, packing_cents = 0",
    "UPDATE settlement SET paid_out_cents = {c}, platform_fee_cents = {c}, commission_cents = {c}, "
    "other_fee_cents = {c}, channel_fee_cents = {c}",
    "UPDATE cost_rate SET cents = {c}",
    "UPDATE ad_entry SET amount_cents = {c}",
    "UPDATE material SET value_cents = {c}, on_hand = 1000",
    "UPDATE firing SET energy_cents = {c}, wear_cents = 0, labour_cents = 0",
    "INSERT INTO session_note (shop_id, platform, session_id, spend_cents, spend_currency) "
    "SELECT shop_id, platform, session_id, {c}, currency FROM live_session",
    "INSERT INTO ad_spend (shop_id, platform, day, account, amount_cents, currency, updated_at, payload_hash) "
    "SELECT DISTINCT 1, platform, started_on, '', {c}, currency, 0, 0 FROM live_session",
)
CALENDAR = "v_calendar"  # a century of days, no money
ORDER, SESSION, PRODUCT = "6941025538000044809", "7614115641488094100", "GP-CS-ZRB"


@pytest.fixture(scope="module")
def marked(spring_studio: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spring shop with its workshop, every cost, payout and fee replaced by the canary."""
    path = tmp_path_factory.mktemp("roles") / "shop.db"
    shutil.copy(spring_studio, path)
    database = connect(str(path))
    with database.write() as connection:
        for sql in UPDATES:
            connection.exec_driver_sql(sql.format(c=CANARY))
    database.close()
    return path


@pytest.fixture
def shop_of(marked: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Role], Database]]:
    opened: list[Database] = []

    def open_as(role: Role) -> Database:
        monkeypatch.setenv("KILNBOARD_DB", str(marked))
        monkeypatch.setenv("KILNBOARD_ROLE", role)
        opened.append(connect(str(marked)))
        return opened[-1]

    yield open_as
    for database in opened:
        database.close()


def leaks(text: str) -> list[str]:
    return [sign for sign in SIGNS if sign in text]


def test_every_metric_is_rejected_to_whoever_may_not_see_it(shop_of: Callable[[Role], Database]) -> None:
    from datetime import date

    for role in ROLES:
        database = shop_of(role)
        for name in METRICS:
            query = Query((name,), date(2022, 2, 1), date(2022, 2, 28))
            wanted = {access_of(measure) for measure in measures_of(name)}
            if wanted <= MAY[role]:
                total(database, query)
                continue
            for command in (total, run_query):
                with pytest.raises(NotAllowed):
                    command(database, query)


def test_money_of_the_owner_is_behind_its_permission() -> None:
    owners = {name for name in METRICS if any(access_of(m) == "see_margins" for m in measures_of(name))}
    assert {"platform_fees", "commission", "other_fees", "settlement_income", "loss_value"} <= owners
    assert not {"gmv", "net_sales", "orders"} & owners


@pytest.mark.parametrize("table", EXPORTED)
def test_exported_tables(shop_of: Callable[[Role], Database], table: str, tmp_path: Path) -> None:
    for role in OTHERS:
        target = tmp_path / f"{table}-{role}.csv"
        try:
            write_table(shop_of(role), table, target)
        except NotAllowed:
            assert not target.exists()
        else:
            assert leaks(target.read_text("utf-8-sig")) == []
    if table == "settlement":
        write_table(shop_of("owner"), table, tmp_path / "owner.csv")
        assert leaks((tmp_path / "owner.csv").read_text("utf-8-sig"))


def test_open_numbers(shop_of: Callable[[Role], Database], tmp_path: Path) -> None:
    for role in ROLES:
        write_parquet(shop_of(role), tmp_path / role)
        shown = "".join(
            as_csv(tmp_path / role / name)
            for name, view in VIEWS.items()
            if (tmp_path / role / name).exists() and view.access != "see_stock" and name != CALENDAR
        )
        assert bool(leaks(shown)) == (role == "owner")


def as_csv(place: Path) -> str:
    out = BytesIO()
    csv.write_csv(parquet.read_table(place, partitioning=None), out)
    return out.getvalue().decode()


def _protos(block: Any) -> Iterator[Any]:
    """The messages of all elements under a block of an AppTest."""
    for child in getattr(block, "children", {}).values():
        yield getattr(child, "proto", None)
        yield from _protos(child)


def page_text(name: str, **link: str) -> str:
    """Everything that a page sends to the browser, tables and charts included."""
    page = open_page(name, **{"from": "2022-01-01", "to": "2022-02-28", **link})
    assert not page.exception, [item.value for item in page.exception]
    sent = [str(proto) for proto in _protos(page._tree)]
    sent += [frame.value.to_csv() for frame in page.dataframe]
    return "\n".join(sent)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("name", list(pages()))
def test_pages(shop_of: Callable[[Role], Database], name: str, role: Role) -> None:
    shop_of(role)
    if not Actor("x", role).may(pages()[name].needs) or name == "group":  # of which there is none here
        page = open_address(name, lang="en")
        assert no_error(page) and f"{name_of(name)} is not open to your role ({role})" in words_of(page)
        assert "Open the first page" in words_of(page)
        with pytest.raises(ValueError):
            page.switch_page(f"views/{name}/page.py")
        return
    assert leaks(page_text(name)) == []


def words_of(page: AppTest) -> str:
    return " ".join(shown(page).split())


def name_of(page: str) -> str:
    use_language("en")
    return t(f"{page}.name")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is no role “potter”"), ("zh", "没有“potter”这个身份")]
)
def test_an_unknown_role_is_told_so_and_how_to_mend_it(
    marked: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(marked))
    monkeypatch.setenv("KILNBOARD_ROLE", "potter")
    page = open_address("growth", lang=language)
    assert no_error(page) and words in shown(page) and "KILNBOARD_ROLE" in shown(page)


# Parts with money of the owner: page and link. An order, a session and a product of the spring set are named in them.
OWNERS_PARTS: list[tuple[str, dict[str, str]]] = [
    ("kiln", {"part": "materials"}),
    ("kiln", {"part": "prices"}),
    ("products", {"look": "origins"}),
    ("settings", {"section": "costs"}),
    ("products", {"look": "one", "product": PRODUCT}),
    ("live", {"live": "session", "session": f"douyin/{SESSION}", "tab": "sales"}),
    ("orders", {"order": ORDER, "of": "douyin"}),
]
OF_SUMS = ("毛利（未扣平台费）",)  # the owner's columns whose sums show no canary
DRAWN = [("growth", {"part": "ladder"}), ("growth", {"part": "payouts"})]  # their sums are drawn, not written


def part_name(part: tuple[str, dict[str, str]]) -> str:
    return "-".join((part[0], *part[1].values()))


@pytest.mark.parametrize("part", OWNERS_PARTS, ids=part_name)
def test_the_owner_sees_the_canaries(
    shop_of: Callable[[Role], Database], part: tuple[str, dict[str, str]]
) -> None:
    """So that their absence elsewhere means something."""
    shop_of("owner")
    text = page_text(part[0], **part[1])
    assert leaks(text) or any(sign in text for sign in OF_SUMS)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("part", [*OWNERS_PARTS, *DRAWN], ids=part_name)
def test_parts_that_show_the_owner_money(
    shop_of: Callable[[Role], Database], part: tuple[str, dict[str, str]], role: Role
) -> None:
    shop_of(role)
    if Actor("x", role).may(pages()[part[0]].needs):
        text = page_text(part[0], **part[1])
        assert leaks(text) == []
        assert not any(sign in text for sign in OF_SUMS)


def commands() -> list[tuple[str, ...]]:
    """Every command that can be run without an argument, from the command line's own tree."""
    use_language("en")
    result: list[tuple[str, ...]] = []

    def visit(command: click.Command, path: tuple[str, ...]) -> None:
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is not None:
                    visit(inner, (*path, name))
            if not command.invoke_without_command:
                return
        if not any(isinstance(item, click.Argument) and item.required for item in command.params):
            result.append(path)

    root = root_command()
    assert isinstance(root, CommandGroup)
    visit(root, ())
    return [path for path in result if path and path[0] not in SERVERS]


SERVERS = {"open", "demo"}  # they run until they are ended


def is_without_sums(path: tuple[str, ...], plain: str, as_json: str) -> bool:
    """Whether a command told a packer no sum; prices of the catalog are none: they are on the label of the piece."""
    sums = re.findall(
        r'"\w*(?:gmv|_cents|paid|amount_left|difference)": -?[1-9]', as_json.replace("price_cents", "")
    )
    return not sums and ("¥" not in plain or path == ("listing", "list"))


TEXT, JSON = (), ("--json",)
Forms = Sequence[tuple[str, ...]]
BOTH: Forms = (TEXT, JSON)
FEW: dict[Role, Forms] = {"assistant": (JSON,), "packer": BOTH, "creator": (TEXT,)}  # in the ordinary suite


def printed(path: tuple[str, ...], forms: Forms = BOTH) -> list[str]:
    """What a command prints in each of these forms."""
    return [CliRunner().invoke(root_command(), [*path, *form], input="").output for form in forms]


@pytest.mark.parametrize("path", commands(), ids=" ".join)
@pytest.mark.parametrize(
    "forms", [FEW, pytest.param(dict.fromkeys(OTHERS, BOTH), marks=pytest.mark.proof)], ids=("few", "both")
)
def test_commands(
    shop_of: Callable[[Role], Database],
    path: tuple[str, ...],
    forms: dict[Role, Forms],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for role in OTHERS:
        shop_of(role)
        texts = printed(path, forms[role])
        assert leaks("".join(texts)) == [], (role, path)
        files = [item for item in tmp_path.rglob("*") if item.is_file()]
        assert not any(leaks(item.read_bytes().decode("utf-8", "ignore")) for item in files)
        assert role != "packer" or is_without_sums(path, *texts)


@pytest.mark.parametrize(
    "path",
    [*(("live", name, SESSION) for name in ("show", "minutes", "lift", "review")), ("order", "show", ORDER)],
    ids=" ".join,
)
def test_a_packer_gets_no_sums(shop_of: Callable[[Role], Database], path: tuple[str, ...]) -> None:
    shop_of("packer")
    assert is_without_sums(path, *printed(path))


def test_the_matrix_has_every_command() -> None:
    assert {path[0] for path in commands()} | SERVERS <= set(COMMANDS)
    assert len(commands()) > 20
