"""Imports and syncs into the database: `batch.Batch` are rows on their way, `upsert.Upsert` stores them.

The newer version of a row wins (`upsert`), whole orders replace earlier ones (`order_versions`), a video has one
id (`identity`), and the figures and the stock of what changed follow (`changes`). May import everything
below it that has to follow: shop.metrics, shop.catalog, shop.listings, shop.stock.
"""
