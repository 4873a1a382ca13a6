"""Firing curves in the forms in which controllers and loggers write them: all of them the same firing."""

from pathlib import Path

import pytest

from etl.controllers.firing_curve import NoCurve, read_curve

SAME = ((0, 200), (1800, 3000), (3600, 6000), (5400, 12_400), (7200, 12_400))
FORMS = {
    "minutes, °C": "Time (min),Temperature (°C)\n0,20\n30,300\n60,600\n90,1240\n120,1240\n",
    "hours, °F, set point first": "Time (h);Setpoint (°F);Actual (°F)\n0;70;68\n0,5;500;572\n1;1100;1112\n"
    "1,5;2300;2264\n2;2300;2264\n",
    "elapsed, no unit": "Elapsed Time\tSP\tPV\n0:00\t25\t20\n0:30\t300\t300\n1:00\t600\t600\n1:30\t1240\t1240\n"
    "2:00\t1240\t1240\n",
    "clock past midnight, Chinese": "时间,设定温度,实测温度(℃)\n23:00:00,25,20\n23:30:00,300,300\n00:00:00,600,600\n"
    "00:30:00,1240,1240\n01:00:00,1240,1240\n",
    "day and clock apart": "日期,时刻,温度\n2026-11-09,23:00,20\n2026-11-09,23:30,300\n2026-11-10,0:00,600\n"
    "2026-11-10,0:30,1240\n2026-11-10,1:00,1240\n",
    "moments, Fahrenheit told above": "Bartlett log\nUnits: F\n\nTimestamp,Temp 1,Temp 2\n"
    "11/10/2026 08:00 AM,67,69\n11/10/2026 08:30 AM,571,573\n11/10/2026 09:00 AM,1110,1114\n"
    "11/10/2026 09:30 AM,2262,2266\n11/10/2026 10:00 AM,2264,2264\n",
    "seconds, three zones": "sec,TC1,TC2,TC3,Setpoint\n0,19,20,21,25\n1800,290,300,310,300\n3600,590,600,610,600\n"
    "5400,1230,1240,1250,1240\n7200,1240,1240,1240,1240\n",
    "epochs": "timestamp,temperature_c,target\n1763000000,20,25\n1763001800,300,300\n1763003600,600,600\n"
    "1763005400,1240,1240\n1763007200,1240,1240\n",
    "hot and without a unit: °F": "minutes,temp\n0,68\n30,572\n60,1112\n90,2264\n120,2264\n",
    "no header": "0,20\n30,300\n60,600\n90,1240\n120,1240\n",
}


WITHOUT_UNIT = {
    "elapsed, no unit",
    "day and clock apart",
    "seconds, three zones",
    "hot and without a unit: °F",
    "no header",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_every_form_gives_the_same_curve(form: str, encoding: str, tmp_path: Path) -> None:
    text = FORMS[form]
    path = tmp_path / "log.csv"
    path.write_bytes(text.encode(encoding))
    result = read_curve(path)
    assert result.curve.points == SAME
    assert not result.left_out
    assert result.is_inferred == (form in WITHOUT_UNIT)
    assert (result.curve.peak, result.curve.soak_seconds, result.curve.to_peak_seconds) == (
        12_400,
        1800,
        5400,
    )


def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("Time (min),Temp (C)\n0,20\n10,OPEN\n20,200\n20x,220\n30,9999\n40,400\n", "utf-8")
    result = read_curve(path)
    assert result.curve.points == ((0, 200), (1200, 2000), (2400, 4000))
    assert (result.left_out, result.bad[0]) == (3, (3, "temperature", "10"))


def test_a_unit_that_was_told_counts(tmp_path: Path) -> None:
    path = tmp_path / "decal.csv"
    path.write_text("minutes,temp\n0,68\n60,1400\n", "utf-8")
    assert read_curve(path).curve.peak == 14_000  # could be °C
    assert read_curve(path, unit="F").curve.peak == 7600


@pytest.mark.parametrize(
    "text", ["Order,Price\n1,20\n2,30\n", "Time,Temp\n0,20\n", "Time,Setpoint\n0,20\n1,30\n"]
)
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(NoCurve):
        read_curve(path)
