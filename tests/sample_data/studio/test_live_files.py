"""The practice shop's files about live sessions come in whole, and its known lifts are found again."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from etl.imports.importer import import_file
from etl.imports.marks_file import import_marks
from sample_data.generator.live_files import write_live_files
from sample_data.generator.practice import plan_shop, write_plan
from sample_data.studio.live_files import live_settings, marks_of
from shop.access.roles import OWNER
from shop.db.database import Database
from shop.streams.lift import Verdict
from shop.streams.lifts import presentation_lifts, suggested_marks
from shop.streams.session import find_session
from shop.streams.spend import session_spend


@pytest.mark.parametrize("count", [4, pytest.param(14, marks=pytest.mark.proof)])
def test_remarks_marks_and_spend_come_in_and_lifts_are_measured(
    db: Database, tmp_path: Path, count: int
) -> None:
    plan = plan_shop(orders=600, until=date(2025, 10, 31), days=60, platforms=("douyin",))
    write_plan(tmp_path, plan)
    truth = write_live_files(tmp_path, plan, count)
    import_file(db, tmp_path / "douyin_sessions.csv")
    for path, known in live_settings(tmp_path):
        report = import_file(db, path, settings=known)
        assert report.rejected == 0 and report.read == report.stored + report.unchanged, path.name
    covered: list[bool] = []
    result: Counter[str] = Counter()
    for name, path in marks_of(tmp_path).items():
        session, true = find_session(db, name, "douyin"), truth["sessions"][name]
        with db.read() as connection:
            sql = "SELECT COUNT(*), SUM(second IS NOT NULL) FROM comment WHERE session_id = :session"
            stored = connection.execute(text(sql), {"session": name}).one()
        assert tuple(stored) == (true["remarks"], true["remarks"])
        offered = [mark.marked_at - session.started_at for mark, _ in suggested_marks(db, session)]
        assert import_marks(db, session, path, actor=OWNER).added.new == len(true["presentations"])
        lifts = presentation_lifts(db, session, measure="comments")
        for lift, item in zip(lifts, true["presentations"], strict=True):
            assert lift.mark.marked_at - session.started_at == item["second"]
            assert lift.result.low is not None and lift.result.high is not None
            covered.append(lift.result.low <= item["factor"] - 1 <= lift.result.high)
            if item["factor"] >= 2.5:
                result["strong"] += 1
                result["near"] += any(abs(second - item["second"]) <= 90 for second in offered)
        spend = session_spend(db, session, 100_000)
        day = session.started_on.isoformat()
        assert spend is not None and spend.amount_cents == truth["spend"][day]
    print(f"{len(covered)} presentations, covered {sum(covered) / len(covered):.3f}, {dict(result)}")
    assert sum(covered) / len(covered) >= 0.8
    assert result["near"] >= 0.6 * result["strong"] > 0


@pytest.mark.parametrize("count", [2, pytest.param(4, marks=pytest.mark.proof)])
def test_lifts_in_orders_are_found_again(db: Database, tmp_path: Path, count: int) -> None:
    """In sessions of a thousand orders strong lifts are named, and hardly one where there is none."""
    plan = plan_shop(orders=12_000, until=date(2025, 10, 31), days=10, platforms=("douyin",))
    write_plan(tmp_path, plan)
    truth = write_live_files(tmp_path, plan, count)
    for path in sorted(tmp_path.glob("douyin_orders*")):
        import_file(db, path)
    import_file(db, tmp_path / "douyin_sessions.csv")
    covered: list[bool] = []
    verdicts: dict[str, list[Verdict]] = {"strong": [], "none": []}
    for name, path in marks_of(tmp_path).items():
        session = find_session(db, name, "douyin")
        import_marks(db, session, path, actor=OWNER)
        lifts = presentation_lifts(db, session)
        for lift, item in zip(lifts, truth["sessions"][name]["presentations"], strict=True):
            if lift.result.low is None or lift.result.high is None:
                continue
            covered.append(lift.result.low <= item["factor"] - 1 <= lift.result.high)
            if item["factor"] >= 2.5:
                verdicts["strong"].append(lift.result.verdict)
            elif item["factor"] == 1:
                verdicts["none"].append(lift.result.verdict)
    print(len(covered), sum(covered), {key: Counter(of) for key, of in verdicts.items()})
    assert len(covered) >= 10 * count and sum(covered) / len(covered) >= 0.8
    assert verdicts["strong"].count(Verdict.MORE) >= 0.6 * len(verdicts["strong"]) > 0
    assert verdicts["none"].count(Verdict.MORE) <= 0.15 * len(verdicts["none"])
