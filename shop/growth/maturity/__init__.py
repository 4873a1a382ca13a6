"""Refunds that are still to come: delay, expected refunds, comparison at equal age."""
