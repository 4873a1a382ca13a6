"""Catalog sheets and product files of other shop systems."""
