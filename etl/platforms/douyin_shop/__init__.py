"""Douyin shop (抖店): `connector` is what the sync reads; orders, refunds and listings with stock, one file each.

`wire` signs requests and opens answers. Imports `etl.http`, the helpers of `etl.platforms` and `shop`.
"""
