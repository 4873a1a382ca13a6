"""The Kiln page and its parts."""
