"""Sync with the platforms: engine, windows, landing, lease, tokens, stock push."""
