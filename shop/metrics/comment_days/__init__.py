"""Comments of each day as arrays, and what is found and counted in them."""
