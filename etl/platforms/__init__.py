"""The platforms' APIs: one file per platform."""
