def test_creator_centre_list(load, rows):
    report = load("sessions_creator.csv")
    assert [(r.row, r.code) for r in report.reasons] == [(3, "EndsBeforeStart")]
    result = rows(
        "SELECT session_id, title, started_on, ended_at - started_at, seconds, peak_viewers, "
        "viewers, views, exposed_viewers, watch_seconds, comments, likes, "
        "gmv_cents FROM live_session"
    )
    assert result == [
        (
            "7450000000000000123",
            "开窑啦",
            "2025-10-01",
            9010,
            9010,
            350,
            2400,
            None,
            12000,
            2400 * 72,
            None,
            5600,
            None,
        )
    ]


def test_laike_list_with_day_and_time_in_two_columns(load, rows):
    load("sessions_laike.csv")
    result = rows(
        "SELECT session_id, started_at, ended_at, seconds, viewers, units, buyers, "
        "gmv_cents FROM live_session ORDER BY 1"
    )
    assert result == [
        ("88001", 1788262200, 1788269400, 7200, 2400, 31, 28, 345670),
        ("88002", 1788348600, 1788352500, 3900, None, None, None, None),
    ]
