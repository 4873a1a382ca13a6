"""The very rows that a figure adds up: `rows` lists them, `statements` has their SQL by metric.

With any filter they add up to the figure (tests/shop/metrics/test_rows_behind.py). Reads only.
"""
