"""A practice studio: export files in the platforms' own shapes, and the truth about them."""
