def test_fractions_percent_and_both_spellings(load, rows):
    assert load("works_fractions.csv").stored == 2
    assert load("works_percent.csv").stored == 1
    result = rows(
        "SELECT title, published_on, views, likes, followers_gained, finish_rate, finish_5s_rate, "
        "cover_click_rate, average_watch_seconds FROM video ORDER BY published_at"
    )
    assert result == [
        ("开窑的一瞬间 #景德镇", "2026-07-18", 81, 6, 0, 0.0875, 0.375, None, 9.53),
        ("釉料配方", "2026-07-19", 12000, 300, -2, None, None, 0.031, None),
        ("修坯声音太治愈了", "2026-07-20", 3400, 100, 6, 0.125, 0.4, 0.031, 18.0),
    ]


def test_a_moment_in_words_cannot_be_placed(load):
    assert [(r.row, r.code, r.details) for r in load("works_percent.csv").reasons] == [
        (3, "BadTime", {"found": "3天前"})
    ]
