"""The catalog: products, variants, pieces, photos, and matching of sold names to SKUs.

Commands: `products`, `pieces`, `photos`, `match_rules`. Reads: `match_queue`, `titles`, `fields`.
Imports stock, metrics, access, db and core."""
