from etl.imports.importer import import_file


def test_long_shape(load, rows):
    report = load("comments_long.csv", platform="douyin")
    assert (report.read, report.stored, report.unchanged, report.rejected) == (5, 3, 1, 1)
    result = rows(
        "SELECT comment_id, parent_id, text, language, is_question, written_on, likes FROM comment ORDER BY 1"
    )
    assert result == [
        ("7100000000000000001", None, "这个盖碗多少钱？", "zh", 1, "2025-10-01", 12000),
        (
            "7100000000000000002",
            "7100000000000000001",
            "加微信 ●●●●●●●●●● 或 ●●●●●●●●●●●",
            "zh",
            0,
            "2025-10-01",
            0,
        ),
        ("7100000000000000003", None, "so beautiful", "en", 0, "2025-10-02", 3),
    ]


def test_short_format_stores_equal_remarks_separately(load, rows):
    load("comments_short.csv", platform="douyin")
    result = rows("SELECT text, is_question, COUNT(*), COUNT(DISTINCT author_key) FROM comment GROUP BY 1")
    assert result == [("mail ●●●●●●●●●●●●●●●●●● please", 0, 1, 1), ("还有货吗", 1, 2, 1)]


def test_a_nickname_stands_for_the_author_only_without_an_id(load, rows):
    load("comments_long.csv", platform="douyin")
    load("comments_short.csv", platform="douyin")
    assert rows("SELECT COUNT(DISTINCT author_key) FROM comment") == [(4,)]


def test_an_id_that_is_too_long_and_that_no_comment_needs_is_left_empty_and_named(db, rows, tmp_path):
    path = tmp_path / "评论.csv"
    path.write_text(
        f"评论ID,用户ID,评论内容,评论时间,直播间ID\n1,9,好看,2025-10-01 20:00:00,{'7' * 300}\n"
        "2,9,多少钱,2025-10-01 20:01:00,77\n"
    )
    report = import_file(db, path, settings={"platform": "douyin"})
    assert (report.stored, report.rejected) == (2, 0)
    assert [(item.column, item.code) for item in report.unread] == [("直播间ID", "LongKey")]
    assert rows("SELECT comment_id, session_id FROM comment ORDER BY 1") == [("1", None), ("2", "77")]
