"""Demand: what people want that the shop cannot sell them now (`board`), and what it does about it (`follow_up`).

May import comments, listings, kiln and what is below them.
"""
