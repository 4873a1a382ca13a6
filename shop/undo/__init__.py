"""The undo of catalog, kiln and stock commands."""
