"""Open numbers: documented views for SQL and BI tools, the plain SQL of every metric, and Parquet files.

`views.VIEWS` are all views; the database creates them (see shop.db.database). May import shop.metrics and below.
"""
