"""Douyin export files: orders, after-sale cases, settlements and the product report of Compass."""
