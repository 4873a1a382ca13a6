"""Stock for tests: a small shop with stock, commands on it, places, and the laws that must hold."""
