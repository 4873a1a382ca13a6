"""A group of shops: what is on its list, where each shop is, and who may see which as what."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.access.accounts import LastOwner, add_account, set_guest
from shop.access.audit import recent
from shop.access.roles import OWNER, Actor, NotAllowed, UnknownRole
from shop.access.sessions import Visitor, person_of, sign_in, visitor_of
from shop.connect import connect
from shop.core.errors import MissingDatabase, UnknownShop
from shop.db.database import Database
from shop.db.urls import with_password_of
from shop.group.access import ClosedShop, NoShopYet, accesses, allow, enter, roles_of, visible_shops
from shop.group.shops import (
    HomeShop,
    ShopExists,
    add_shop,
    address_of,
    database_of,
    group_shop,
    group_shops,
    has_group,
    remove_shop,
)
from shop.settings import save_settings
from tests.support.engines.postgres import new_shop, own_data_folder
from tests.support.fresh import empty_shop_file

PASSWORD = "celadon cups in spring"
MEI = Actor("Mei")
pytestmark = pytest.mark.sqlite_file("has files and schemas of a server as shops of one group")


@pytest.fixture
def home(db: Database) -> Database:
    """The home of a group with an owner, an assistant, and a guest."""
    add_account(db, "Mei", "owner", PASSWORD, actor=OWNER)
    add_account(db, "Bo", "assistant", PASSWORD, actor=OWNER)
    add_account(db, "Lin", "assistant", PASSWORD, is_guest=True, actor=OWNER)
    for name in ("gaoling", "yaoli"):
        empty_shop_file(db.path.with_name(f"{name}.db"))
        add_shop(db, name, actor=MEI)
    return db


def visitor(home: Database, name: str) -> Visitor:
    found = visitor_of(home, sign_in(home, name, PASSWORD, address="127.0.0.1"))
    assert found is not None
    return found


def test_a_shop_is_created_next_to_the_home_or_taken_in(home: Database, tmp_path: Path) -> None:
    assert [item.place for item in group_shops(home)] == [
        str(home.path.with_name(f"{name}.db")) for name in ("gaoling", "yaoli")
    ]
    _, is_new = add_shop(home, "new", actor=MEI)
    assert is_new and home.path.with_name("new.db").exists()
    there = connect(str(tmp_path / "elsewhere.db"))
    save_settings(there, name="Old kiln", actor=OWNER)
    there.close()
    entry, is_new = add_shop(home, "old", str(tmp_path / "elsewhere.db"), actor=MEI)
    assert (entry.shown_name, is_new) == ("Old kiln", False)
    assert database_of(home, entry).path == tmp_path / "elsewhere.db"
    assert address_of(str(home.path), "old") == str(tmp_path / "elsewhere.db")


def test_names_and_places_are_taken_once_and_the_home_is_no_entry(home: Database) -> None:
    with pytest.raises(ShopExists):
        add_shop(home, "gaoling", str(home.path.with_name("other.db")), actor=MEI)
    with pytest.raises(ShopExists):
        add_shop(home, "other", str(home.path.with_name("gaoling.db")), actor=MEI)
    with pytest.raises(HomeShop):
        add_shop(home, "other", str(home.path), actor=MEI)
    with pytest.raises(UnknownShop) as error:
        address_of(str(home.path), "gaolin")
    assert "gaoling, yaoli" in str(error.value)
    assert not home.path.with_name("other.db").exists()


def test_a_shop_that_is_gone_is_not_made_anew_and_leaves_the_list_without_a_trace_of_its_data(
    home: Database,
) -> None:
    place = Path(group_shop(home, "yaoli").place)
    remove_shop(home, "yaoli", actor=MEI)
    assert place.exists() and [item.name for item in group_shops(home)] == ["gaoling"]
    assert {access.shop for access in accesses(home)} == {"gaoling"}
    place = Path(group_shop(home, "gaoling").place)
    place.unlink()
    with pytest.raises(MissingDatabase):
        database_of(home, group_shop(home, "gaoling"))
    assert not place.exists()


def test_each_account_has_its_own_role_in_each_shop(home: Database) -> None:
    allow(home, "Lin", "gaoling", "owner", actor=MEI)
    allow(home, "Lin", "yaoli", "sums", actor=MEI)
    allow(home, "Bo", "gaoling", "packer", actor=MEI)
    lin, bo, mei = (visitor(home, name) for name in ("Lin", "Bo", "Mei"))
    assert roles_of(home, lin, "owner") == {"gaoling": "owner", "yaoli": "sums"}
    assert [item.name for item in visible_shops(home, lin, "owner")] == ["gaoling"]
    opened = enter(home, "", lin)
    assert (opened.name, opened.role, opened.db.role) == ("gaoling", "owner", "owner")
    assert enter(home, "", bo).role == "assistant" and enter(home, "gaoling", bo).db.role == "packer"
    assert enter(home, "gaoling", mei).role == "owner"  # who added it
    for name in ("yaoli", "nowhere", "../home", "GAOLING"):
        with pytest.raises(ClosedShop):
            enter(home, name, lin)
    with pytest.raises(ClosedShop):
        enter(home, "yaoli", bo)
    assert enter(home, "yaoli", None, "creator").role == "creator"  # without accounts
    allow(home, "Lin", "gaoling", "", actor=MEI)
    with pytest.raises(NoShopYet):
        enter(home, "", visitor(home, "Lin"))


def test_a_guest_is_nobody_in_the_home(home: Database) -> None:
    token = sign_in(home, "Lin", PASSWORD, address="127.0.0.1")
    assert person_of(home, token) is None and visitor_of(home, token) is not None
    set_guest(home, "Lin", False, actor=MEI)
    person = person_of(home, token)
    assert person is not None and person.role == "assistant"
    with pytest.raises(LastOwner):
        set_guest(home, "Mei", True, actor=MEI)


def test_only_the_owner_of_the_home_changes_the_list(home: Database) -> None:
    for role in ("assistant", "packer", "creator"):
        stranger = Actor("Bo", role)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            add_shop(home, "third", actor=stranger)
        with pytest.raises(NotAllowed):
            remove_shop(home, "gaoling", actor=stranger)
        with pytest.raises(NotAllowed):
            allow(home, "Bo", "gaoling", "owner", actor=stranger)
    with pytest.raises(UnknownRole):
        allow(home, "Bo", "gaoling", "king", actor=MEI)
    actions = [entry.action for entry in recent(home)]
    assert actions.count("group.added") == 2


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[None]:
    with own_data_folder(tmp_path / "data"):
        yield


@pytest.mark.usefixtures("data_folder")
def test_shops_on_a_server_next_to_a_home_that_is_there_or_a_file(server_url: str, db: Database) -> None:
    url = new_shop(server_url)
    home = connect(url)
    assert not has_group(home)
    entry, is_new = add_shop(home, "gaoling", actor=OWNER)
    assert is_new and entry.place.endswith("shop=gaoling")
    assert enter(home, "gaoling", None).db.address == entry.place
    entry, is_new = add_shop(db, "kiln-1", entry.place, actor=OWNER)
    assert not is_new and address_of(str(db.path), "kiln-1") == entry.place
    assert database_of(db, entry).version() == database_of(home, group_shop(home, "gaoling")).version()
    assert address_of(url, "gaoling") == group_shop(home, "gaoling").place
    home.close()


def test_the_password_of_the_home_counts_for_its_server_alone() -> None:
    home = "postgresql://lin:secret@db.example:5432/home?sslmode=require"
    assert (
        with_password_of("postgresql://lin@db.example:5432/county?shop=a", home)
        == "postgresql://lin:secret@db.example:5432/county?shop=a"
    )
    for other in (
        "postgresql://lin@evil.example:5432/county?shop=a",
        "postgresql://bo@db.example:5432/county?shop=a",
        "postgresql://lin@db.example:5432/county?shop=a&host=evil.example",
        "postgresql://lin@db.example:5432/county?hostaddr=203.0.113.9&shop=a",
        "postgresql://lin@db.example/county?shop=a",
        "shop.db",
    ):
        assert with_password_of(other, home) == other
