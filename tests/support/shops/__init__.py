"""Shops for tests: small ones counted by hand, generated ones, simulated ones, the practice studio."""
