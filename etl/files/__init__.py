"""The kinds of export files, one module each, discovered automatically; `base` defines what such a module has.

`fields` and `rows` are what a parser works with, `offers` and `cumulative` what several kinds share. A parser
knows no database: it turns columns of text into batches. Imports `etl.tables`, `etl.errors` and `shop.orders.batch`.
"""
