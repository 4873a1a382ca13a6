"""TikTok Shop: `connector` is what the sync reads; orders, refunds, listings and analytics, one file each.

`wire` signs requests and opens answers. Imports `etl.http`, the helpers of `etl.platforms` and `shop`.
"""
