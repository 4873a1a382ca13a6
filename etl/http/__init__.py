"""Requests to platforms: `client.Client` sends them, paced by `rate_limit` and repeated by `retry`.

`errors` has the tree of what can go wrong. The only package that imports requests; knows no platform.
Imports `shop.core` only.
"""
