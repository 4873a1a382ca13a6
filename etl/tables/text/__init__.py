"""Delimited text: its encoding, its separator and its records, whatever is damaged in it."""
