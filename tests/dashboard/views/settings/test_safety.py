"""Privacy, backups and the audit log on the Settings page and on the command line, as an owner uses them."""

import contextlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit.logger
from click.testing import CliRunner

from dashboard.cli import root_command
from dashboard.server.background import run_due
from dashboard.ui.crash import show_crash
from etl import credentials, platforms
from etl.notifications import Address
from etl.notifications.recipients import save
from etl.platforms.base import Keys
from shop.access.accounts import add_account
from shop.access.roles import OWNER
from shop.access.sessions import sign_in
from shop.backups.files import backups_of
from shop.backups.second_folder import choose_second_folder
from shop.connect import connect
from shop.db.buyer_key import key_of
from shop.db.database import Database
from shop.metrics.preferences import read_preferences
from shop.settings import save_preferences
from tests.support.canaries import everything_written
from tests.support.database_pages import leaf_pages, spoil
from tests.support.files_by_kind import SAMPLES
from tests.support.fresh import new_database
from tests.support.pages import no_error, open_page, shown
from tests.support.shops.small_shop import line, store

MEI = 811_223_344_556_677


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    db = new_database(tmp_path / "shop.db")
    monkeypatch.setenv("KILNBOARD_DB", str(db.path))
    monkeypatch.setenv("KILNBOARD_CONFIG", str(tmp_path / "config"))
    store(db, lines=[line(f"A{number}", "2026-03-01 10:00:00", 9900, buyer_key=MEI) for number in range(3)])
    yield db
    db.close()


def run(*words: str, answer: str = "") -> str:
    result = CliRunner().invoke(root_command(), words, input=answer, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_buyer_is_shown_and_erased_in_the_browser(shop: Database) -> None:
    page = open_page("settings", section="privacy")
    assert no_error(page)
    page.text_input(key="privacy-order").input("A9").run()
    assert "没有订单 A9" in shown(page)
    page.text_input(key="privacy-order").input("A1").run()
    assert "3 个订单" in shown(page)
    page.button(key="privacy-erase-go").click().run()
    assert no_error(page) and "订单 A1 的买家已抹去：3 个订单" in shown(page)
    page.selectbox(key="days-comments").set_value(90).run()
    page.button(key="apply-comments").click().run()
    assert no_error(page) and "已更改" in shown(page)

    audit = open_page("settings", section="audit", action="privacy.erase")
    assert no_error(audit) and "共 1 条" in shown(audit)
    row = audit.dataframe[0].value.iloc[0]
    assert row["做了什么"] == "抹去买家" and row["对象"] == "A1" and row["从哪里"]


def test_a_backup_is_taken_looked_at_and_restored_in_the_browser(shop: Database) -> None:
    page = open_page("settings", section="backups")
    assert "还没有备份" in shown(page)
    page.button(key="backup-now").click().run()
    (taken,) = backups_of(shop.path)
    assert no_error(page) and taken.path.name in shown(page)
    save_preferences(shop, actor=OWNER, sync_minutes=60)
    page.button(key=f"look-{taken.path}").click().run()
    assert "3 个订单" in shown(page) and "1 次改动" in shown(page)
    assert page.button(key="backup-restore").disabled
    page.checkbox(key="backup-sure").check().run()
    page.button(key="backup-restore").click().run()
    assert no_error(page) and "已恢复" in shown(page)
    shop.close()
    again = connect(str(shop.path))
    with again.read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM preference").scalar() == 0
    again.close()
    page = open_page("settings", section="backups")
    page.button(key="backup-drill").click().run()
    assert no_error(page) and any("可以完整恢复" in item.value for item in page.markdown)


def test_what_others_choose_meanwhile_is_shown_and_not_overwritten(shop: Database) -> None:
    page = open_page("settings", section="schedule")
    page.selectbox(key="sync-minutes").set_value(10).run()
    assert no_error(page) and read_preferences(shop).sync_minutes == 10
    save_preferences(shop, actor=OWNER, sync_minutes=60)
    page.run()
    assert no_error(page) and page.selectbox(key="sync-minutes").value == 60
    assert read_preferences(shop).sync_minutes == 60


def test_the_worker_takes_one_backup_a_day(shop: Database) -> None:
    assert {"backup", "retention"} <= set(run_due(shop))
    assert run_due(shop) == []
    assert [item.reason for item in backups_of(shop.path)] == ["daily"]


def test_the_same_on_the_command_line(shop: Database, tmp_path: Path) -> None:
    stored = json.loads(run("privacy", "show", "--json"))["stored"]
    keys = [item for item in stored if (item["table"], item["column"]) == ("order_line", "buyer_key")]
    assert keys == [
        {
            "table": "order_line",
            "column": "buyer_key",
            "who": "buyers",
            "what": "person",
            "form": "hash",
            "rows": 3,
        }
    ]
    kinds = json.loads(run("privacy", "retention", "comments", "90", "--json"))
    assert kinds["erased"] == 0 and {"kind": "comments", "days": 90, "stored": 0} in kinds["retention"]
    export = json.loads(run("privacy", "export", "A1"))
    assert sorted(export) == ["buyer_is_known", "order", "orders", "raw_pages", "stored"]
    assert len(export["stored"]["order_line"]) == 3
    (tmp_path / "usb").mkdir()
    words = "celadon cups in spring"
    run("backup", "folder", str(tmp_path / "usb"), "--passphrase", answer=f"{words}\n{words}\n")
    first = json.loads(run("backup", "now", "--json"))["backup"]
    erased = json.loads(run("privacy", "erase", "A1", "--yes", "--json"))
    assert erased["erased"]["orders"] == 3 and erased["erased"]["is_known"]
    listed = json.loads(run("backup", "list", "--json"))["backups"]
    assert [item["is_sealed"] for item in listed] == [False, True] and listed[0]["path"] == first
    assert json.loads(run("backup", "drill", "--json"))["ok"]
    run("backup", str(tmp_path / "mine.db"))
    sealed = listed[1]["path"]
    run("restore", sealed, "--yes", "--anyway", answer=f"{words}\n")
    assert run("privacy", "erase", "A1", answer="y\n")


def test_secrets_are_in_no_file_of_the_shop_no_log_and_no_backup(
    shop: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secrets = {name: f"canary-{name}-7f3a9c" for name in ("key", "chat", "password", "words", "crash")}
    connector = platforms.connector("douyin_shop")
    credentials.save(connector, Keys({item.name: secrets["key"] for item in connector.CREDENTIALS}))
    save(Address("群", "dingtalk", "09:00", {"url": "https://example.org/", "secret": secrets["chat"]}))
    add_account(shop, "小林", "owner", secrets["password"], actor=OWNER)
    secrets["token"] = sign_in(shop, "小林", secrets["password"], address="192.168.1.20")
    (tmp_path / "usb").mkdir()
    choose_second_folder(shop, str(tmp_path / "usb"), secrets["words"], actor=OWNER)
    run("backup", "now")
    try:
        raise ValueError(secrets["crash"])
    except ValueError as problem:
        assert show_crash(problem)
    printed = run("privacy", "show") + run("backup", "list") + "".join(capfd.readouterr())
    files = [
        (name, content) for name, content in everything_written(tmp_path) if name != credentials.place().name
    ]
    assert {"crashes.log", "shop.db"} <= {name for name, _ in files} and len(files) > 5
    for what, secret in secrets.items():
        held = [name for name, content in files if secret.encode() in content]
        assert held == ([recipients_file()] if what == "chat" else []), what
        assert secret not in printed


def test_a_log_stream_closed_by_an_earlier_test_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with contextlib.redirect_stderr(io.StringIO()) as console:
        streamlit.logger.update_formatter()
    console.close()
    streamlit.logger.get_logger("streamlit").error("canary-log")
    assert "".join(capfd.readouterr()) == ""


def recipients_file() -> str:
    from etl.notifications.recipients import place

    return place().name


@pytest.mark.sqlite_file("damages a file")
def test_what_can_be_read_of_a_damaged_file_is_saved_and_restored_in_the_browser(shop: Database) -> None:
    store(shop, lines=[line(f"B{number:04}", "2026-03-02 10:00:00", 9900) for number in range(400)])
    shop.close()
    page = open_page("settings", section="backups")
    page.button(key="backup-check").click().run()
    assert no_error(page) and "文件完好" in shown(page)
    spoil(shop.path, [leaf_pages(shop.path, "order_line")[1]], b"")
    page.button(key="backup-check").click().run()
    assert no_error(page) and "损坏的部分：订单" in shown(page)
    page.button(key="backup-salvage").click().run()
    (saved,) = [item for item in backups_of(shop.path) if item.reason == "salvage"]
    assert no_error(page) and saved.path.name in shown(page)
    (lost,) = re.findall(r"订单（order_line）：丢失 (\d+) 行", shown(page))
    assert 0 < int(lost) < 200
    page.button(key=f"look-{saved.path}").click().run()
    page.checkbox(key="backup-sure").check().run()
    page.button(key="backup-restore").click().run()
    assert no_error(page)
    answer = json.loads(run("doctor", "--salvage", "--json"))
    assert answer["damaged"] == []
    with connect(str(shop.path)).read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM order_line").scalar() == 403 - int(lost)


def test_the_owner_goes_on_without_the_key_of_the_buyers(shop: Database, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    shutil.copyfile(SAMPLES[0].path, file)
    shop.secret()
    assert not open_page("settings", section="about").warning
    key_of(shop.path).unlink()
    refused = CliRunner().invoke(root_command(), ["import", str(file)])
    assert refused.exit_code == 1 and str(key_of(shop.path)) in refused.output
    assert "设置 → 关于" in refused.output and "不用旧密钥" in refused.output
    assert CliRunner().invoke(root_command(), ["doctor"]).exit_code == 1

    page = open_page("settings", section="about")
    assert "不把老买家当作新买家" in page.warning[0].value
    page.button(key="about-accept-key-go").click().run()
    assert no_error(page) and "可以重新导入文件了" in shown(page) and not page.warning
    audit = open_page("settings", section="audit")
    assert audit.dataframe[0].value.iloc[0]["做了什么"] == "不用旧的买家密钥继续"
    run("import", str(file))

    key_of(shop.path).write_text("no key")
    assert str(key_of(shop.path)) in run("doctor", "--accept-key")
    assert json.loads(run("doctor", "--accept-key", "--json")) == {"key": str(key_of(shop.path))}
    assert json.loads(run("import", str(file), "--json"))
