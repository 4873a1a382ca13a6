"""Pulling from platforms and pushing stock to them, safe against a crash at any instruction.

`engine.sync` reads what changed, `login.connect` logs in, `reparse.reparse` reads landed pages again,
`stock_push` sends quantities, `status` shows how far each platform has been read. A run (`run`) stores rows,
landed pages (`landing`) and cursor in one transaction under a lease (`lease`). Imports `etl.platforms`,
`etl.http`, `etl.credentials` and `shop`.
"""
