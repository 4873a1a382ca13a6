"""Products, variants, pieces, photos, and the matching of what was sold to our SKUs."""
