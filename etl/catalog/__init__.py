"""Catalog tables as files: our own table read back (`catalog_file`), Shopify and Etsy files written (`product_export`).

Imports `etl.tables` and `shop`.
"""
