"""The shop itself: what exists, what may happen to it, and what every figure means."""
