"""Listings: a variant for sale on a platform, readiness before it goes live, and bulk edits.

Commands: `listings`, `link_draft`, `new_item`, `bulk_edit`, `stock_edit`, `catalog_import`. Reads:
`details`, `readiness`, `sheet`. Imports catalog, stock, kiln, pricing and what is below them."""
