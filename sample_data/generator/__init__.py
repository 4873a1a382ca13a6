"""Generator of a practice shop with known truth, written as the platforms' export files."""
