"""Every figure defined once, and `query.answer`, the only reader of figures; the roll-ups behind it."""
