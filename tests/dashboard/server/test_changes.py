"""What an open page is told: that the data are newer, to a few pages at a time, and nothing without a session."""

from starlette.testclient import TestClient

from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.access.sessions import COOKIE, sign_in
from shop.db.database import Database
from tests.dashboard.server.test_guard import HERE, PASSWORD, application


def test_newer_data_are_told_to_a_few_pages_at_a_time(db: Database) -> None:
    add_account(db, "Mei", "owner", PASSWORD, actor=OWNER)
    token = sign_in(db, "Mei", PASSWORD, address="127.0.0.1")
    client = TestClient(application(db), base_url=HERE, client=("127.0.0.1", 50_000))
    assert client.get("/changes?since=0").status_code == 401
    client.cookies.set(COOKIE, token)
    for since in (str(db.version()), str(db.version() + 5), "", "x", "9" * 5_000):
        assert client.get(f"/changes?since={since}").status_code == 204, since
    told = client.get("/changes?since=0")
    assert told.status_code == 200 and told.headers["cache-control"] == "no-store"
    assert any(client.get("/changes?since=0").status_code == 204 for _ in range(1_000))
