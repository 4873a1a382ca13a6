"""Stock for tests: a small shop with stock, commands on it, places, and its laws."""
