"""Pricing: `unit_costs` per SKU and day, `floor_prices` per SKU and platform, `price_cards` of a live host.

May import kiln and everything below it.
"""
