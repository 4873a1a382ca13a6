"""Pricing: `unit_costs` per SKU and day, `floor_prices` per SKU and platform, `host_card` of a live session.

May import kiln and everything below it.
"""
