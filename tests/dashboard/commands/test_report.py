"""The command line as a user meets it: exit codes, words, and the JSON contract."""

import json
import os
import pkgutil
import re
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas
import pytest
from click.testing import CliRunner, Result

import etl
import shop
from dashboard.cli import COMMANDS, root_command
from dashboard.i18n import messages
from dashboard.i18n.language import LANGUAGES, use_language
from dashboard.text.errors import error, reason
from etl.errors import REASONS
from etl.http.errors import PlatformError, TryLater
from sample_data.generator.spring import FOLDER as SPRING
from shop.connect import connect
from shop.core.errors import ShopError
from tests.support.copies import start
from tests.support.fresh import empty_shop_file

COMMAND = "from dashboard.cli import root_command; root_command()(prog_name='kilnboard')"
ORDERS = SPRING / "douyin_orders_2021-11.csv"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KILNBOARD_DB", str(empty_shop_file(tmp_path / "shop.db")))
    use_language("en")

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(root_command(), [str(a) for a in arguments], catch_exceptions=False)

    return run


@pytest.fixture
def report_json(spring_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    use_language("en")

    def run_report(*arguments: Any) -> Any:
        result = CliRunner().invoke(root_command(), [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return run_report


@pytest.mark.sqlite_file("a process that follows onto a server has loaded what opens shops there")
def test_help_needs_neither_pandas_nor_streamlit() -> None:
    code = (
        "import sys; sys.argv = ['kilnboard', '--help']\n"
        "from dashboard.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'pandas', 'streamlit', 'pyarrow', 'plotly', 'sqlalchemy', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_explains_itself(language: str) -> None:
    use_language(language)
    for name in COMMANDS:
        result = CliRunner().invoke(root_command(), [name, "--help"])
        assert result.exit_code == 0, name
        assert "Usage:" in result.output, name


def test_the_first_winter_is_reported_per_day(report_json: Any) -> None:
    message = report_json(
        "report",
        "units_per_day",
        "--from",
        "2022-01-01",
        "--to",
        "2022-02-28",
        "--against",
        "2021-11-01..2021-12-31",
    )
    assert 0.675 <= message["total"]["change"]["units_per_day"] <= 0.685
    assert message["ranges"] == {
        "now": ["2022-01-01", "2022-02-28"],
        "before": ["2021-11-01", "2021-12-31"],
        "calendar": "free",
    }
    assert message["units"] == {"units_per_day": "number"}


def test_report_json_has_a_stable_format(report_json: Any) -> None:
    message = report_json(
        "report",
        "gmv",
        "aov",
        "views",
        "--from",
        "2022-01-01",
        "--to",
        "2022-01-03",
        "--by",
        "day",
        "--against",
        "previous",
    )
    assert list(message) == ["query", "units", "ranges", "rows", "total", "money", "notes"]
    assert [row["day"] for row in message["rows"]] == ["2022-01-01", "2022-01-02", "2022-01-03"]
    assert all(isinstance(row["gmv"], int) for row in message["rows"])
    assert all(row["views"] is None or isinstance(row["views"], int) for row in message["rows"])
    assert message["total"]["now"]["gmv"] == sum(row["gmv"] for row in message["rows"])
    assert message["ranges"]["before"] == ["2021-12-29", "2021-12-31"]
    assert set(message["total"]) == {"now", "before", "change"}


def test_report_names_what_a_calendar_lays_the_ranges_along(report_json: Any) -> None:
    february = ("report", "gmv", "units_per_day", "--from", "2022-02-01", "--to", "2022-02-28")
    lunar = report_json(*february, "--against", "lunar")["ranges"]
    assert lunar == {
        "now": ["2022-02-01", "2022-02-28"],
        "before": ["2021-02-12", "2021-03-11"],
        "calendar": "lunar",
        "along": "spring",
        "along_days": ["2022-02-01", "2021-02-12"],
    }
    campaign = report_json(*february, "--against", "campaign")["ranges"]
    assert (campaign["calendar"], campaign["is_estimate"]) == ("campaign", True)
    message = report_json(*february, "--against", "workdays")
    assert message["ranges"]["counted"] == "working_day"
    assert message["ranges"]["counted_days"] == [16, 16]
    totals = message["total"]
    assert totals["change"]["gmv"] == pytest.approx(totals["now"]["gmv"] / totals["before"]["gmv"] - 1)
    month = report_json(*february, "--against", "month")
    now, before = month["ranges"]["counted_days"]
    plain = month["total"]["now"]["gmv"] / month["total"]["before"]["gmv"]
    assert (now, before) == (26, 30)
    assert month["total"]["change"]["gmv"] == pytest.approx(plain * before / now - 1)


def test_report_as_text_and_csv(spring_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KILNBOARD_DB", str(spring_path))
    period = ("--from", "2022-01-01", "--to", "2022-01-31")
    text = run("report", "gmv", *period, "--by", "carrier").output
    assert "live" in text and "¥" in text
    rows = run("report", "gmv", *period, "--by", "carrier", "--csv").output.splitlines()
    assert rows[0] == "carrier,gmv"
    assert run("report", "gmv", *period, "--where", "carrier=live").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "turnover"),
        ("report", "gmv", "--by", "colour"),
        ("report", "gmv", "--from", "yesterday"),
        ("report", "gmv", "--against", "2022-02-01..2022-01-01"),
        ("import",),
        ("no-such-command",),
        ("report", "gmv", "--where", "carrier"),
        ("export", "secrets", "x.csv"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(run: Any, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.output) > 20
    assert "Traceback" not in result.output


def test_import_reports_the_result_of_each_file(run: Any, tmp_path: Path) -> None:
    bad = tmp_path / "login.xls"
    bad.write_text("<!DOCTYPE html><html><body>Please log in</body></html>")
    result = run("import", ORDERS, bad, "--json")
    assert result.exit_code == 1
    first, second = json.loads(result.output)["files"]
    assert first["read"] == first["stored"] + first["unchanged"] + first["set_aside"] > 0
    assert first["kind"] == "douyin_orders"
    assert second["code"] == "NotATable" and "web page" in second["error"]
    again = json.loads(run("import", ORDERS, "--json").output)["files"][0]
    assert (again["stored"], again["unchanged"]) == (0, first["read"])


def test_a_dry_run_stores_nothing_and_reports_what_would_happen(run: Any) -> None:
    would = json.loads(run("import", ORDERS, "--dry-run", "--json").output)["files"][0]
    assert would["stored"] == would["read"] > 0
    assert json.loads(run("status", "--json").output)["sources"] == []
    did = json.loads(run("import", ORDERS, "--json").output)["files"][0]
    assert did["stored"] == would["stored"]


def test_rejected_rows_are_listed_and_can_be_retried(run: Any, tmp_path: Path) -> None:
    lines = ORDERS.read_text("utf-8-sig").splitlines()
    place = lines[0].split(",").index("订单状态")
    cells = lines[1].split(",")
    cells[place] = "待火星发货"
    damaged = tmp_path / "orders.csv"
    damaged.write_text("\n".join([lines[0], ",".join(cells), *lines[2:6]]), "utf-8")
    result = run("import", damaged)
    assert result.exit_code == 1
    assert "row 2" in result.output and "订单状态" in result.output and "待火星发货" in result.output
    tried = json.loads(run("import", "--retry", "--json").output)
    assert tried["files"][0]["set_aside"] == 1


def test_status_shows_what_each_platform_offers_and_what_fills_its_gaps(run: Any) -> None:
    from etl import platforms

    report = {item["platform"]: item for item in json.loads(run("status", "--json").output)["platforms"]}
    assert set(report) == set(platforms.names())
    for name, item in report.items():
        connector = platforms.connector(name)
        assert [r["kind"] for r in item["resources"]] == [r.kind for r in connector.RESOURCES]
        assert not item["connected"] and item["not_offered"]
    gap = {"kind": "settlement", "files": ["douyin_settlement"]}
    assert gap in report["douyin_shop"]["not_offered"]
    message = run("status").output
    assert "Douyin shop: not connected (kilnboard connect douyin_shop)" in message
    assert "offers orders, refunds" in message
    assert "settlement: not offered by this platform's API" in message


def test_an_unknown_table_gets_a_first_profile(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "market.csv"
    table.write_text("Beleg;Artikel;Menge;Betrag;Datum\n1;Becher;2;12,50;03/04/2026\n", "utf-8")
    result = run("import", "--suggest", table)
    assert result.exit_code == 1  # it has questions
    profile = tmp_path / "market.toml"
    assert profile.exists() and str(profile) in result.output
    assert "03/04/2026" in result.output
    error = run("import", "--profile", profile, table)
    assert error.exit_code == 1 and "asks" in error.output


def test_backup_and_restore(run: Any, tmp_path: Path) -> None:
    run("import", ORDERS)
    before = run("status").output.splitlines()[1:]
    assert run("backup", tmp_path / "copy.db").exit_code == 0
    assert run("backup", tmp_path / "copy.db").exit_code == 2  # never overwrites
    run("import", SPRING / "douyin_orders_2021-12.csv")
    assert run("status").output.splitlines()[1:] != before
    error = run("restore", tmp_path / "copy.db", "--yes")
    assert error.exit_code == 2 and "--anyway" in error.output  # older than what it replaces
    assert run("restore", tmp_path / "copy.db", "--yes", "--anyway").exit_code == 0
    assert run("status").output.splitlines()[1:] == before
    assert list(tmp_path.glob("backups/shop-*-restore.db"))


def test_doctor_finds_what_is_wrong(run: Any, tmp_path: Path) -> None:
    run("import", ORDERS)
    checks = json.loads(run("doctor", "--json").output)
    names = {check["name"] for check in checks["checks"]}
    assert names >= {"figures", "set_aside", "room"} and names & {"file", "server"}
    assert all(check["ok"] for check in checks["checks"] if check["name"] != "sqlite")
    db = connect()
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE fact_day SET buyer_paid_cents = buyer_paid_cents + 1")
    db.close()
    ill = run("doctor")
    assert ill.exit_code == 1 and "rebuild" in ill.output
    assert run("rebuild").exit_code == 0
    checks = json.loads(run("doctor", "--json").output)
    assert next(check for check in checks["checks"] if check["name"] == "figures")["ok"]


def test_tables_leave_as_csv_and_xlsx(run: Any, tmp_path: Path) -> None:
    run("import", ORDERS)
    for name in ("lines.csv", "lines.xlsx"):
        assert run("export", "order_line", tmp_path / name).exit_code == 0
    text = (tmp_path / "lines.csv").read_text("utf-8-sig")
    assert "buyer_key" not in text.splitlines()[0]
    assert (tmp_path / "lines.xlsx").read_bytes().startswith(b"PK")


def test_all_views_leave_as_parquet_with_their_dictionary(run: Any, tmp_path: Path) -> None:
    run("import", ORDERS)
    done = run("export", "parquet", tmp_path / "numbers")
    assert done.exit_code == 0 and "24 views" in done.output
    again = run("export", "parquet", tmp_path / "numbers")
    assert again.exit_code != 0 and "is there already" in again.output
    lines = pandas.read_parquet(tmp_path / "numbers" / "v_order_line")
    gmv = json.loads(run("report", "gmv", "--from", "2021-11-01", "--to", "2021-11-30", "--json").output)
    assert lines.loc[lines["is_sold"], "gmv_cents"].sum() == gmv["total"]["now"]["gmv"] > 0
    dictionary = (tmp_path / "numbers" / "dictionary.md").read_text("utf-8")
    printed = run("metrics", "--views").output
    assert "| `gmv_cents` | minor units of the currency |" in printed and "| `gmv_cents` |" in dictionary
    views = json.loads(run("metrics", "--views", "--json").output)["views"]
    assert [c["name"] for c in views[1]["columns"]] == [*lines.columns.drop("month")]
    figures = json.loads(run("metrics", "--json").output)["metrics"]
    assert all(figure["sql"].startswith("SELECT") for figure in figures)


def test_something_that_is_no_database_is_left_alone(run: Any, tmp_path: Path) -> None:
    text_file = tmp_path / "letter.txt"
    text_file.write_text("dear reader, " * 200)
    result = run("--db", text_file, "status")
    assert result.exit_code == 2
    assert text_file.read_text().startswith("dear reader")


def refusals() -> list[type[ShopError]]:
    for package in (shop, etl):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                import_module(module.name)
    result: list[type[ShopError]] = []
    pending: list[type[ShopError]] = [ShopError]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        result.append(kind)
    families = (ShopError, PlatformError, TryLater)
    packages = ("shop.", "etl.")
    return [kind for kind in result if kind.__module__.startswith(packages) and kind not in families]


def test_every_refusal_has_words_in_both_languages() -> None:
    use_language("zh")
    for kind in refusals():
        chinese = messages.words("zh")[f"errors.{kind.__name__}"]
        fields = [set(re.findall(r"{(\w+)", text)) for text in (chinese, kind.message)]
        assert fields[0] <= fields[1], kind
        assert any("一" <= char <= "鿿" for char in error(kind(**dict.fromkeys(fields[1], "x")))), kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words_in_both_languages(language: str) -> None:
    use_language(language)
    for code in REASONS:
        assert reason(code, {"found": "x", "expected": "y", "known": "z"}), code


def test_an_old_sqlite_is_warned_of(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.db.database.WAL_RESET_FIXED", (99, 0, 0))
    result = run("import", ORDERS)
    assert result.exit_code == 0
    assert "99.0.0" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without a signal")
def test_stopping_the_dashboard_stops_its_server(spring_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ("--lang", "en", "open", "--no-browser", "--port", str(port), "--role", "assistant")
    with start(COMMAND, *command, environment={"KILNBOARD_DB": str(spring_path)}) as process:
        try:
            assert process.stdout is not None
            assert any(str(port).encode() in line for line in iter(process.stdout.readline, b""))
            assert any(b"/set-up" in line for line in iter(process.stdout.readline, b""))
            process.terminate()
            assert process.wait() == 0
            assert process.stdout.read() == b""  # no log of the server: that is for who writes pages
        finally:
            process.kill()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=2).close()


def test_a_start_that_takes_long_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    from dashboard.commands import open_

    class Late(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "starting" in capsys.readouterr().out:
                self.send_response(200)
                self.end_headers()

    use_language("en")
    with (
        HTTPServer(("127.0.0.1", 0), Late) as server,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(open_, "SLOW_SECONDS", 0)
        patch.setattr(Late, "log_message", lambda *_given: None)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert open_._answers(address, process)
        assert process.communicate(b"\n") == (None, None) and not open_._answers(address, process)
        server.shutdown()
