"""The Douyin open platform: `connector` is what the sync reads; videos with their days, and comments.

`wire` adds the token to requests and opens answers. Imports `etl.http`, the helpers of `etl.platforms` and `shop`.
"""
