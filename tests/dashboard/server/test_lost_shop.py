"""A shop whose file is gone: nothing is made in its place before somebody on this machine has chosen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.cli import root_command
from dashboard.server.guard import LOST, Guard
from dashboard.server.routes import OwnRoutes
from shop.access.accounts import accounts, add_account
from shop.access.audit import recent
from shop.access.roles import OWNER
from shop.backups.automatic import back_up
from shop.connect import connect, shared
from shop.core.errors import LostShop
from tests.support.fresh import empty_shop_file

HERE = "http://127.0.0.1:8501"
NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
READS = {"accept": "text/html"}


@pytest.fixture
def lost(tmp_path: Path) -> Path:
    """A shop with two backups, the newer one damaged, whose file was deleted."""
    path = empty_shop_file(tmp_path / "窑 shop.db")
    db = connect(str(path))
    add_account(db, "Mei", "owner", "celadon cups in spring", actor=OWNER)
    back_up(db, "daily", NOW)
    damaged = back_up(db, "daily", NOW + timedelta(days=1))
    db.close()
    damaged.path.write_bytes(damaged.path.read_bytes()[:9_000])
    path.unlink()
    return path


def client_of(path: Path, address: str = "127.0.0.1") -> TestClient:
    def database() -> Any:
        return shared(str(path))

    app = Starlette(
        routes=OwnRoutes(database, ["growth"]).routes(),
        middleware=[Middleware(Guard, database=database, largest_upload=1_000)],
    )
    return TestClient(app, base_url=HERE, client=(address, 50_000), follow_redirects=False)


def choose(client: TestClient, choice: str, origin: str = HERE) -> Any:
    return client.post(f"{LOST}?lang=en", data={"choice": choice}, headers={"origin": origin})


@pytest.mark.sqlite_file("takes a file away or replaces it")
def test_a_lost_shop_is_restored_on_this_machine_alone(lost: Path) -> None:
    here, phone = client_of(lost), client_of(lost, "192.168.1.20")
    older, newer = sorted(item.name for item in (lost.parent / "backups").glob("*.db"))
    answer = phone.get("/growth?lang=en", headers=READS)
    assert answer.status_code == 503 and "form" not in answer.text
    assert phone.get(LOST, headers=READS).status_code == choose(phone, older).status_code == 503
    answer = here.get("/growth?lang=en", headers=READS)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LOST}?lang=en")
    page = here.get(answer.headers["location"], headers=READS)
    assert page.status_code == 503 and page.text.index(newer) < page.text.index(older)
    assert choose(here, older, "http://evil.example").status_code == 403
    assert "is damaged" in choose(here, newer).text
    choose(here, "../other.db")
    assert not lost.exists()

    assert choose(here, older).headers["location"] == "/"
    db = shared(str(lost))
    assert [account.name for account in accounts(db)] == ["Mei"]
    assert recent(db)[0].action == "backup.restore"
    assert here.get(LOST, headers=READS).status_code == 303  # to sign in, as everywhere
    db.close()
    lost.unlink()  # while the dashboard is running
    assert here.get("/", headers=READS).headers["location"].startswith(LOST)
    assert choose(here, "new").status_code == 303
    assert accounts(shared(str(lost))) == []
    shared(str(lost)).close()


def test_no_command_makes_a_shop_where_one_was_lost(lost: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(lost))
    (lost.parent / "backups").joinpath("notes.txt").touch()
    for language, words in (("en", "There is no shop at"), ("zh", "没有店铺的数据库")):
        refused = CliRunner().invoke(root_command(), ["--lang", language, "status"])
        assert refused.exit_code == 1 and words in refused.output and "kilnboard restore" in refused.output
    with pytest.raises(LostShop):
        connect()
    assert not lost.exists()
    connect(str(lost.with_name("another.db"))).close()  # a backup of one shop is none of another
    connect(is_new=True).close()
    assert lost.exists()
