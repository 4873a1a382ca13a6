"""Live sessions and videos as tables. May import metrics, db and core."""
