"""The Products page and its parts."""
