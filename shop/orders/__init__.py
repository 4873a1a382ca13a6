"""Imports and syncs into the database: `batch.Batch` are rows on their way, `upsert.Upsert` stores them.

The newer version of a row wins (`upsert`), lines vanish with a later answer about their order (`vanished_lines`), a
video has one id (`identity`), and the figures and the stock of what changed follow (`changes`). May import everything
below it that has to follow: shop.metrics, shop.catalog, shop.listings, shop.stock.
"""
