"""The kiln: batches through their stages, firings, materials, batch costs.

Commands are in `production` (batches), `firings` and `materials`; each can also run inside a `unit_of_work`.
`board` and `material_levels` read the status; `batch_costs` and `moving_average` compute costs by the rules of
docs/manual/en/costing-rules.md. May import catalog, stock, metrics, access, db, models, stats and core.
"""
