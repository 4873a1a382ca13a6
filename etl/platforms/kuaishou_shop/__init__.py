"""Kuaishou shop (快手小店): `connector` is what the sync reads; orders, refunds, listings, reviews, one file each.

`wire` signs requests and opens answers. Imports `etl.http`, the helpers of `etl.platforms` and `shop`.
"""
