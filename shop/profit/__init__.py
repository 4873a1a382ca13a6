"""Profit: `cogs` (cost of goods sold), `margins` per SKU, `gross_to_net` (the waterfall).

May import pricing, kiln and everything below them; margins are for actors who may see them.
"""
