"""Live sessions and videos: figures, sums, curves, marks, reviews. May import pricing and below.

| file | what it answers |
|---|---|
| sessions.py | `sessions`, `videos`: one row each for a range (platform, basis, percentile among the shop's own) |
| session.py | `find_session(db, session_id, platform)`: one `SessionRecord`, its figures and notes |
| sums.py | `session_sums`: stated, by_room, by_time, by_minute, basis, headline, matched, grades |
| funnel.py | `funnels(session) -> {"people": Funnel, "times": Funnel}` |
| minutes.py | `session_minutes` (table, sources), `session_products`, `comments_between` |
| marks.py | `Mark`, `marks`, `add_marks` (idempotent by `mark_id`), `undo_mark`, `restore_mark`, `recent_items` |
| lifts.py | `presentation_lifts`, `item_lifts`, `suggested_marks` |
| ranking.py | `ranking(db, platform, actor=)`: what to show in the first twenty minutes, with stock and floor price |
| reviews.py | `review`, `save_review`, `save_note` (host, replay, spend), `facts`, `last_action`, `session_figures` |
| pace.py | `figure_ranks` (percentiles among the shop's own), `pace` (at the same minute of past sessions) |
| next_session.py | `next_session(db) -> NextSession | None`: when the next one is due by the shop's own habit |
| spend.py | `session_spend(db, session, gmv_cents) -> Spend | None` |
| attribution.py | `attribution`, `grade_shares`, `traffic`, `rules`, `set_rules` |
| videos.py | `find_video`, `video_days`, `video_sales`, `filled_sessions`, `video_comments`, `same_clips` |
"""
