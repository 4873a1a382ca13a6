"""Changed and damaged files."""
