"""Listings on the platforms: states, readiness, bulk edit, the catalog sheet."""
