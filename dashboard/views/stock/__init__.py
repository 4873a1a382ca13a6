"""The Stock page and its parts."""
