"""Remarks for tests: written into a shop, with contacts in people's spelling, and hostile ones."""
