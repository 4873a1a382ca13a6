"""The Growth page and its parts."""
