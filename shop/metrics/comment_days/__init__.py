"""Comments of each day as arrays, their search and their counts."""
