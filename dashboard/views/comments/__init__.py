"""The Comments page."""
