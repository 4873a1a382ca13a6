"""Figures: defined once (`definitions`), read by one function (`query.answer`), from roll-ups that imports refresh.

`query.Query` is a query, `readers` read one fact each, `tables` joins them, `rollups`, `deferred_rollups` and
`payout_rollup` compute what is read, `lineage` names the files and syncs of a figure. May import shop.core,
shop.models, shop.db.
"""
