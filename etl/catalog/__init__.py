"""Catalog sheets as files: our own sheet read back (`catalog_file`), Shopify and Etsy files written (`product_export`).

Imports `etl.tables` and `shop`.
"""
