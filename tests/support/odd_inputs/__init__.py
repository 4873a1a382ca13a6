"""Odd inputs by number: command lines and hostile texts."""
